// POSIX's extended syntax (POSIX.1-2017, base definitions, 9.4), and of GNU's what reads no text: `\<`, `\b` and their like.

extension RegularExpression.Parser {
    private typealias Malformed = RegularExpression.Malformed

    /// How often an interval may repeat (POSIX: `RE_DUP_MAX`).
    private static let maximumRepetition = 255

    mutating func parseExtended() throws(RegularExpression.Malformed) -> [RegularExpression.Instruction] {
        guard pattern.count <= Self.capacity else { throw Malformed(reason: "it is too long") }
        var levels = [Level(group: 0)]
        while place < pattern.count {
            let byte = pattern[place]
            place += 1
            let top = levels.count - 1
            switch byte {
            case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"):
                guard levels[top].canRepeat else { throw nothingToRepeat(byte) }
                repeatItem(&levels[top], byte)
            case UInt8(ascii: "{"):
                guard levels[top].canRepeat else { throw nothingToRepeat(byte) }
                try repeatItem(&levels[top], interval: interval())
            case UInt8(ascii: "."): add(&levels[top], .any)
            case UInt8(ascii: "["): add(&levels[top], .set(try bracket(isExtended: true)))
            case UInt8(ascii: "^"): anchor(&levels[top], .lineStart)
            case UInt8(ascii: "$"): anchor(&levels[top], .lineEnd)
            case UInt8(ascii: "("):
                guard levels.count < 1000 else { throw Malformed(reason: "its groups are nested too deeply") }
                groupCount += 1
                levels.append(Level(group: groupCount))
            case UInt8(ascii: ")"):
                guard levels.count > 1 else { throw Malformed(reason: "a `)` has no `(`") }
                let level = levels.removeLast()
                closedGroups.insert(level.group)
                add(&levels[top - 1], [.save(2 * level.group)] + Self.finish(level) + [.save(2 * level.group + 1)])
            case UInt8(ascii: "|"):
                levels[top].alternatives.append(levels[top].sequence + levels[top].item)
                levels[top].sequence = []
                levels[top].item = []
                levels[top].canRepeat = false
            case UInt8(ascii: "\\"): try escape(&levels[top])
            default: add(&levels[top], .byte(byte))
            }
        }
        guard levels.count == 1 else { throw Malformed(reason: "a `(` has no `)`") }
        let program = Self.finish(levels[0]) + [.match]
        guard program.count <= Self.capacity else { throw Malformed(reason: "its repetitions make it too long") }
        return program
    }

    private func nothingToRepeat(_ byte: UInt8) -> RegularExpression.Malformed {
        Malformed(reason: "a `\(Character(Unicode.Scalar(byte)))` has nothing to repeat")
    }

    private mutating func escape(_ level: inout Level) throws(RegularExpression.Malformed) {
        guard place < pattern.count else { throw Malformed(reason: "it ends with a backslash") }
        place += 1
        try escape(pattern[place - 1], &level)
    }

    // MARK: Intervals

    /// What stands in braces; the place is behind the opening one.
    private mutating func interval() throws(RegularExpression.Malformed) -> (least: Int, most: Int?) {
        let malformed = Malformed(reason: "a `{` begins no interval such as `{2}`, `{2,}` or `{2,3}`")
        let least = number()
        var most = least
        if place < pattern.count, pattern[place] == UInt8(ascii: ",") {
            place += 1
            most = number()
        }
        guard let least, place < pattern.count, pattern[place] == UInt8(ascii: "}") else { throw malformed }
        place += 1
        guard least <= Self.maximumRepetition, most ?? least <= Self.maximumRepetition else {
            throw Malformed(reason: "an interval repeats more than \(Self.maximumRepetition) times")
        }
        guard most ?? least >= least else { throw malformed }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while place < pattern.count, pattern[place] &- UInt8(ascii: "0") < 10 {
            value = min((value ?? 0) * 10 + Int(pattern[place] - UInt8(ascii: "0")), 10_000)
            place += 1
        }
        return value
    }

    private func repeatItem(_ level: inout Level, interval: (least: Int, most: Int?)) throws(RegularExpression.Malformed) {
        let item = level.item
        guard (item.count + 2) * max(interval.most ?? interval.least + 1, 1) + level.sequence.count <= Self.capacity else {
            throw Malformed(reason: "its repetitions make it too long")
        }
        var rest: [RegularExpression.Instruction] = []
        if let most = interval.most {
            for _ in interval.least..<most { rest = [.split(1, item.count + rest.count + 1)] + item + rest }
        } else {
            rest = [.split(1, item.count + 2)] + item + [.jump(-item.count - 1)]
        }
        level.item = Array(repeatElement(item, count: interval.least).joined()) + rest
        level.repetition = 0
    }
}
