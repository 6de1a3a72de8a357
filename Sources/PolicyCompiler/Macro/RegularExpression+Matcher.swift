extension RegularExpression {
    /// Searches one text: the leftmost match, and the longest of those that begin there.
    struct Matcher {
        private let expression: RegularExpression
        private let text: [UInt8]
        private(set) var steps: Int
        /// For each instruction the place at which it was last reached, so that it is followed once there.
        private var reached: [Int]
        private var threads: [Int] = []
        private var nextThreads: [Int] = []
        private var pending: [Int] = []

        /// `steps` bounds all searches of this matcher together.
        init(_ expression: RegularExpression, text: [UInt8], steps: Int) {
            self.expression = expression
            self.text = text
            self.steps = steps
            reached = Array(repeating: -1, count: expression.program.count)
        }

        /// The first match at or after `start`: the whole of it and its groups.
        mutating func firstMatch(from start: Int) throws(TooComplex) -> [Group]? {
            guard start <= text.count else { return nil }
            for place in start...text.count {
                if expression.hasReferences {
                    if let groups = try longestByBacktracking(at: place) { return groups }
                } else if let end = try longestEnd(at: place) {
                    guard expression.groupCount > 0 else { return [Group(start: place, end: end)] }
                    return try groups(from: place, to: end)
                }
            }
            return nil
        }

        /// Whether there is a match anywhere.
        mutating func hasMatch() throws(TooComplex) -> Bool {
            if expression.hasReferences { return try firstMatch(from: 0) != nil }
            for place in 0...text.count where try longestEnd(at: place) != nil { return true }
            return false
        }

        @inline(__always)
        private mutating func count() throws(TooComplex) {
            steps -= 1
            if steps < 0 { throw TooComplex() }
        }

        // MARK: All alternatives at once

        private mutating func longestEnd(at start: Int) throws(TooComplex) -> Int? {
            for index in reached.indices { reached[index] = -1 }
            steps -= reached.count / 8
            threads.removeAll(keepingCapacity: true)
            var end: Int?
            if try follow(0, at: start) { end = start }
            swap(&threads, &nextThreads)
            var place = start
            while !threads.isEmpty, place < text.count {
                nextThreads.removeAll(keepingCapacity: true)
                let byte = text[place]
                place += 1
                for index in threads.indices {
                    try count()
                    let thread = threads[index]
                    let goesOn =
                        switch expression.program[thread] {
                        case .byte(let wanted): wanted == byte
                        case .any: byte != UInt8(ascii: "\n")
                        case .set(let set): expression.sets[set].contains(byte)
                        default: false
                        }
                    if goesOn, try follow(thread + 1, at: place) { end = place }
                }
                swap(&threads, &nextThreads)
            }
            nextThreads.removeAll(keepingCapacity: true)
            return end
        }

        /// Follows what reads no text and notes where text is read next; true when a match ends here.
        private mutating func follow(_ first: Int, at place: Int) throws(TooComplex) -> Bool {
            var matched = false
            pending.append(first)
            while let index = pending.popLast() {
                guard reached[index] != place else { continue }
                reached[index] = place
                try count()
                switch expression.program[index] {
                case .split(let a, let b):
                    pending.append(index + b)
                    pending.append(index + a)
                case .jump(let distance): pending.append(index + distance)
                case .save: pending.append(index + 1)
                case .assertion(let assertion):
                    if holds(assertion, at: place) { pending.append(index + 1) }
                case .match: matched = true
                case .byte, .any, .set, .reference: nextThreads.append(index)
                }
            }
            return matched
        }

        // MARK: Backtracking

        /// What to take back, or where to go on, when an alternative fails.
        private enum Choice {
            case resume(instruction: Int, place: Int)
            case restore(slot: Int, value: Int)
        }

        /// The groups of a match whose ends are known. Each instruction is tried once at each place.
        private mutating func groups(from start: Int, to end: Int) throws(TooComplex) -> [Group] {
            let width = end - start + 1
            guard expression.program.count * width <= max(steps, 0) * 8 else { throw TooComplex() }
            var tried = Array(repeating: UInt64(0), count: (expression.program.count * width + 63) / 64)
            return try backtrack(from: start) { instruction, place in
                guard place <= end else { return false }
                let bit = instruction * width + place - start
                guard tried[bit >> 6] & (1 << UInt64(bit & 63)) == 0 else { return false }
                tried[bit >> 6] |= 1 << UInt64(bit & 63)
                return true
            } accept: { $0 == end } ?? [Group(start: start, end: end)]
        }

        private mutating func longestByBacktracking(at start: Int) throws(TooComplex) -> [Group]? {
            // The first search finds how far a match can go, the second the groups of the first that goes so far.
            var longest = -1
            _ = try backtrack(from: start, enter: { _, _ in true }) { end in
                longest = max(longest, end)
                return false
            }
            guard longest >= 0 else { return nil }
            return try backtrack(from: start, enter: { _, _ in true }) { $0 == longest }
        }

        private mutating func backtrack(
            from start: Int, enter: (Int, Int) -> Bool, accept: (Int) -> Bool
        ) throws(TooComplex) -> [Group]? {
            var slots = Array(repeating: -1, count: 2 * (expression.groupCount + 1))
            slots[0] = start
            var choices: [Choice] = [.resume(instruction: 0, place: start)]
            // Where a loop was entered: one round of it must read text. Kept per split, as its place.
            while let choice = choices.popLast() {
                guard case .resume(var index, var place) = choice else {
                    if case .restore(let slot, let value) = choice { slots[slot] = value }
                    continue
                }
                alternative: while true {
                    try count()
                    guard enter(index, place) else { break }
                    switch expression.program[index] {
                    case .byte(let wanted):
                        guard place < text.count, text[place] == wanted else { break alternative }
                        (index, place) = (index + 1, place + 1)
                    case .any:
                        guard place < text.count, text[place] != UInt8(ascii: "\n") else { break alternative }
                        (index, place) = (index + 1, place + 1)
                    case .set(let set):
                        guard place < text.count, expression.sets[set].contains(text[place]) else { break alternative }
                        (index, place) = (index + 1, place + 1)
                    case .split(let a, let b):
                        choices.append(.resume(instruction: index + b, place: place))
                        index += a
                    case .jump(let distance): index += distance
                    case .save(let slot):
                        choices.append(.restore(slot: slot, value: slots[slot]))
                        slots[slot] = place
                        index += 1
                    case .assertion(let assertion):
                        guard holds(assertion, at: place) else { break alternative }
                        index += 1
                    case .reference(let group):
                        let (from, to) = (slots[2 * group], slots[2 * group + 1])
                        guard from >= 0, to >= from, to - from <= text.count - place else { break alternative }
                        for offset in 0..<(to - from) where text[from + offset] != text[place + offset] {
                            break alternative
                        }
                        (index, place) = (index + 1, place + to - from)
                    case .match:
                        guard accept(place) else { break alternative }
                        slots[1] = place
                        return (0...expression.groupCount).map { group in
                            Group(start: slots[2 * group], end: slots[2 * group + 1])
                        }
                    }
                }
                guard choices.count < 1 << 22 else { throw TooComplex() }
            }
            return nil
        }

        // MARK: Places

        private func holds(_ assertion: Assertion, at place: Int) -> Bool {
            let before = place > 0 && RegularExpression.isWord(text[place - 1])
            let after = place < text.count && RegularExpression.isWord(text[place])
            return switch assertion {
            case .lineStart: place == 0 || text[place - 1] == UInt8(ascii: "\n")
            case .lineEnd: place == text.count || text[place] == UInt8(ascii: "\n")
            case .textStart: place == 0
            case .textEnd: place == text.count
            case .wordBoundary: before != after
            case .noWordBoundary: before == after
            case .wordStart: !before && after
            case .wordEnd: before && !after
            }
        }
    }
}
