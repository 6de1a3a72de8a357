extension RegularExpression {
    /// Reads a pattern and puts its instructions together.
    struct Parser {
        let pattern: [UInt8]
        var place = 0
        var sets: [ByteSet] = []
        var groupCount = 0
        var hasReferences = false
        var closedGroups: Set<Int> = []

        /// An open group, or the whole pattern.
        struct Level {
            var group: Int
            /// The alternatives before the current one.
            var alternatives: [[Instruction]] = []
            /// What was read of the current alternative, without its last item.
            var sequence: [Instruction] = []
            /// The last item, which a repetition would take.
            var item: [Instruction] = []
            /// How the last item is repeated already.
            var repetition: UInt8 = 0
            var canRepeat = false
        }

        /// Instructions that a pattern may have: it is bounded by what a search can follow.
        static let capacity = 20_000

        init(pattern: [UInt8]) {
            self.pattern = pattern
        }

        mutating func parse() throws(Malformed) -> [Instruction] {
            guard pattern.count <= Self.capacity else { throw Malformed(reason: "it is too long") }
            var levels = [Level(group: 0)]
            // Whether an anchor for the beginning of a line can stand here.
            var atStart = true
            while place < pattern.count {
                let byte = pattern[place]
                place += 1
                let top = levels.count - 1
                let wasStart = atStart
                atStart = false
                switch byte {
                case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"):
                    if levels[top].canRepeat {
                        repeatItem(&levels[top], byte)
                    } else {
                        add(&levels[top], .byte(byte))
                    }
                case UInt8(ascii: "."): add(&levels[top], .any)
                case UInt8(ascii: "["): add(&levels[top], .set(try bracket(isExtended: false)))
                case UInt8(ascii: "^") where wasStart: anchor(&levels[top], .lineStart)
                case UInt8(ascii: "$") where endsAlternative(): anchor(&levels[top], .lineEnd)
                case UInt8(ascii: "\\"):
                    guard place < pattern.count else { throw Malformed(reason: "it ends with a backslash") }
                    let escaped = pattern[place]
                    place += 1
                    switch escaped {
                    case UInt8(ascii: "("):
                        guard levels.count < 1000 else { throw Malformed(reason: "its groups are nested too deeply") }
                        groupCount += 1
                        levels.append(Level(group: groupCount))
                        atStart = true
                    case UInt8(ascii: ")"):
                        guard levels.count > 1 else { throw Malformed(reason: "a `\\)` has no `\\(`") }
                        let level = levels.removeLast()
                        closedGroups.insert(level.group)
                        add(&levels[top - 1], [.save(2 * level.group)] + Self.finish(level)
                            + [.save(2 * level.group + 1)])
                    case UInt8(ascii: "|"):
                        levels[top].alternatives.append(levels[top].sequence + levels[top].item)
                        levels[top].sequence = []
                        levels[top].item = []
                        levels[top].canRepeat = false
                        atStart = true
                    case UInt8(ascii: "`"): anchor(&levels[top], .textStart)
                    case UInt8(ascii: "'"): anchor(&levels[top], .textEnd)
                    default: try escape(escaped, &levels[top])
                    }
                default: add(&levels[top], .byte(byte))
                }
            }
            guard levels.count == 1 else { throw Malformed(reason: "a `\\(` has no `\\)`") }
            return Self.finish(levels[0]) + [.match]
        }

        static func isWord(_ byte: UInt8) -> Bool { RegularExpression.isWord(byte) }

        /// Whether a `$` just read stands at the end of an alternative, where it is an anchor.
        private func endsAlternative() -> Bool {
            guard place < pattern.count else { return true }
            guard place + 1 < pattern.count, pattern[place] == UInt8(ascii: "\\") else { return false }
            return pattern[place + 1] == UInt8(ascii: ")") || pattern[place + 1] == UInt8(ascii: "|")
        }

        /// What stands behind a backslash and means the same in both syntaxes; all else is itself.
        mutating func escape(_ escaped: UInt8, _ level: inout Level) throws(Malformed) {
            switch escaped {
            case UInt8(ascii: "1")...UInt8(ascii: "9"):
                let group = Int(escaped - UInt8(ascii: "0"))
                guard closedGroups.contains(group) else { throw Malformed(reason: "there is no group \(group) before its reference") }
                hasReferences = true
                add(&level, .reference(group))
            case UInt8(ascii: "w"): add(&level, .set(addSet(Self.isWord)))
            case UInt8(ascii: "W"): add(&level, .set(addSet { !Self.isWord($0) }))
            case UInt8(ascii: "s"): add(&level, .set(addSet(DecimalNumber.isSpace)))
            case UInt8(ascii: "S"): add(&level, .set(addSet { !DecimalNumber.isSpace($0) }))
            case UInt8(ascii: "b"): anchor(&level, .wordBoundary)
            case UInt8(ascii: "B"): anchor(&level, .noWordBoundary)
            case UInt8(ascii: "<"): anchor(&level, .wordStart)
            case UInt8(ascii: ">"): anchor(&level, .wordEnd)
            default: add(&level, .byte(escaped))
            }
        }

        func add(_ level: inout Level, _ instruction: Instruction) {
            add(&level, [instruction])
        }

        func add(_ level: inout Level, _ item: [Instruction]) {
            level.sequence += level.item
            level.item = item
            level.repetition = 0
            level.canRepeat = true
        }

        /// An anchor; what repeats an item is a plain character behind it.
        func anchor(_ level: inout Level, _ assertion: Assertion) {
            add(&level, .assertion(assertion))
            level.canRepeat = false
        }

        func repeatItem(_ level: inout Level, _ repetition: UInt8) {
            // Repeating what is repeated makes one repetition: a** is a*, and so is a+?.
            if level.repetition == repetition || level.repetition == UInt8(ascii: "*") { return }
            let body = Self.body(level.item, of: level.repetition)
            let kind = level.repetition == 0 ? repetition : UInt8(ascii: "*")
            let count = body.count
            switch kind {
            case UInt8(ascii: "*"): level.item = [.split(1, count + 2)] + body + [.jump(-count - 1)]
            case UInt8(ascii: "+"): level.item = body + [.split(-count, 1)]
            default: level.item = [.split(1, count + 1)] + body
            }
            level.repetition = kind
        }

        /// The item inside a repetition.
        private static func body(_ item: [Instruction], of repetition: UInt8) -> [Instruction] {
            switch repetition {
            case UInt8(ascii: "+"): Array(item.dropLast())
            case UInt8(ascii: "?"): Array(item.dropFirst())
            default: item
            }
        }

        static func finish(_ level: Level) -> [Instruction] {
            var result = level.sequence + level.item
            for alternative in level.alternatives.reversed() {
                let count = alternative.count
                result = [.split(1, count + 2)] + alternative + [.jump(result.count + 1)] + result
            }
            return result
        }

        mutating func addSet(_ contains: (UInt8) -> Bool) -> Int {
            var set = ByteSet()
            for byte in UInt8.min...UInt8.max where contains(byte) { set.insert(byte) }
            sets.append(set)
            return sets.count - 1
        }
    }
}
