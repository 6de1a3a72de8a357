extension ProcessorScript {
    /// No script has more lines, and no line is longer.
    static let maximumLines = 100_000
    static let maximumLineLength = 1_000

    /// Reads a script. With mistakes, all of them and the steps that are right.
    public static func parse(_ text: String) -> (script: ProcessorScript, mistakes: [ScenarioMistake]) {
        var steps: [Step] = []
        var mistakes: [ScenarioMistake] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let number = index + 1
            guard index < maximumLines else {
                mistakes.append(ScenarioMistake(line: number, message: "there are more than \(maximumLines) lines"))
                break
            }
            guard line.utf8.count <= maximumLineLength else {
                mistakes.append(ScenarioMistake(line: number, message: "the line is longer than \(maximumLineLength) bytes"))
                continue
            }
            do throws(Mistake) {
                let words = try words(of: line)
                guard let first = words.first else { continue }
                let action = try action(first, Array(words.dropFirst()))
                steps.append(Step(line: number, text: words.joined(separator: " "), action: action))
            } catch {
                mistakes.append(ScenarioMistake(line: number, message: error.message))
            }
        }
        return (ProcessorScript(steps: steps), mistakes)
    }

    private struct Mistake: Error {
        let message: String
    }

    /// Words between spaces, up to a `#`; what stands in quotes is one word, with its first quote before it.
    private static func words(of line: Substring) throws(Mistake) -> [String] {
        var words: [String] = []
        var rest = line
        while true {
            rest = rest.drop { $0 == " " || $0 == "\t" || $0 == "\r" }
            guard let first = rest.first, first != "#" else { return words }
            guard first == "\"" else {
                let word = rest.prefix { !" \t\r#".contains($0) }
                words.append(String(word))
                rest = rest.dropFirst(word.count)
                continue
            }
            var text = "\""
            var isOpen = true
            rest.removeFirst()
            while isOpen {
                guard let character = rest.popFirst() else { throw Mistake(message: "the text has no second `\"`") }
                switch character {
                case "\"": isOpen = false
                case "\\":
                    guard let escaped = rest.popFirst().flatMap({ ["n": "\n", "r": "\r", "t": "\t", "\"": "\"", "\\": "\\"][$0] }) else {
                        throw Mistake(message: "behind a `\\` stands `n`, `r`, `t`, `\"` or `\\`")
                    }
                    text.append(escaped)
                default: text.append(character)
                }
            }
            words.append(text)
        }
    }

    private static func action(_ verb: String, _ words: [String]) throws(Mistake) -> Action {
        switch verb {
        case "out", "write":
            guard words.count == 3 else { throw Mistake(message: "`\(verb)` is an address, a size and a number: `\(verb) 0x80 byte 1`") }
            return .accesses([try access(verb == "out" ? .port : .memory, words[0], words[1], try number(words[2]))], nil)
        case "in", "read":
            guard words.count >= 2 else { throw Mistake(message: "`\(verb)` is an address and a size: `\(verb) 0x3fd byte`") }
            let access = try access(verb == "in" ? .port : .memory, words[0], words[1], nil)
            return try reading([access], Array(words.dropFirst(2)))
        case "text":
            guard words.count == 2, words[1].hasPrefix("\"") else {
                throw Mistake(message: "`text` is a port and what is written to it: `text 0x3f8 \"hello\\n\"`")
            }
            return .accesses(try words[1].utf8.dropFirst().map { (byte) throws(Mistake) in
                try access(.port, words[0], "byte", UInt64(byte))
            }, nil)
        case "pci": return try pci(words)
        case "wait":
            guard words.count == 1, let time = UInt32(words[0]), time <= 60_000 else {
                throw Mistake(message: "`wait` is a number of milliseconds, 60000 at most")
            }
            return .wait(milliseconds: time)
        default: throw Mistake(message: "`\(verb)` begins no step: it is `in`, `out`, `read`, `write`, `pci`, `text` or `wait`")
        }
    }

    /// A read, with what it is to give: `=> VALUE [mask MASK]`, or `until VALUE [mask MASK]`.
    private static func reading(_ accesses: [GuestAccess], _ words: [String]) throws(Mistake) -> Action {
        guard let word = words.first else { return .accesses(accesses, nil) }
        guard word == "=>" || word == "until", words.count == 2 || words.count == 4 && words[2] == "mask" else {
            throw Mistake(message: "behind an access stands `=> VALUE`, `until VALUE`, or those with `mask MASK`")
        }
        let expectation = Expectation(value: try number(words[1]), mask: words.count == 4 ? try number(words[3]) : .max)
        if word == "=>" { return .accesses(accesses, expectation) }
        guard let access = accesses.first, accesses.count == 1 else {
            throw Mistake(message: "`until` stands behind `in` and `read` only")
        }
        return .until(access, expectation)
    }

    /// A device's configuration, as a PC's processor reaches it: `pci read 00:02.0 0x10 long`.
    private static func pci(_ words: [String]) throws(Mistake) -> Action {
        let usage = "`pci` is `read DEVICE REGISTER SIZE` or `write DEVICE REGISTER SIZE NUMBER`: `pci read 00:02.0 0 long`"
        guard words.count >= 4, ["read", "write"].contains(words[0]) else { throw Mistake(message: usage) }
        let register = try number(words[2])
        guard register < 256 else { throw Mistake(message: "a device has 256 bytes of configuration, none at `\(words[2])`") }
        let selection = 1 << 31 | UInt64(try device(words[1])) << 8 | register & 0xfc
        let select = try access(.port, "0xcf8", "long", selection)
        let port = "\(0xcfc + register & 3)"
        if words[0] == "write" {
            guard words.count == 5 else { throw Mistake(message: usage) }
            return .accesses([select, try access(.port, port, words[3], try number(words[4]))], nil)
        }
        return try reading([select, try access(.port, port, words[3], nil)], Array(words.dropFirst(4)))
    }

    /// `BUS:DEVICE.FUNCTION`, in hexadecimal.
    private static func device(_ text: String) throws(Mistake) -> UInt16 {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let last = parts.last?.split(separator: ".", omittingEmptySubsequences: false) ?? []
        guard parts.count == 2, last.count == 2, let bus = UInt16(parts[0], radix: 16), bus < 256,
            let slot = UInt16(last[0], radix: 16), slot < 32, let function = UInt16(last[1], radix: 16), function < 8
        else { throw Mistake(message: "`\(text)` is no PCI device: `00:02.0` is one") }
        return bus << 8 | slot << 3 | function
    }

    private static func access(
        _ space: GuestAccess.Space, _ address: String, _ size: String, _ written: UInt64?
    ) throws(Mistake) -> GuestAccess {
        guard let bytes = ["byte": 1, "word": 2, "long": 4, "quad": 8][size] as UInt32? else {
            throw Mistake(message: "`\(size)` is no size: `byte`, `word`, `long` and `quad` are")
        }
        if let written, bytes < 8, written >> (8 * UInt64(bytes)) != 0 {
            throw Mistake(message: "0x\(String(written, radix: 16)) does not fit a `\(size)`")
        }
        guard let access = GuestAccess(space, at: try number(address), size: bytes, write: written) else {
            throw Mistake(
                message: space == .port
                    ? "`\(address)` is no port of a `\(size)`: ports end at 0xffff, and are not read by quads"
                    : "`\(address)` is no address of a `\(size)`")
        }
        return access
    }

    /// A number as C writes it: `7`, `0x1f`.
    private static func number(_ text: String) throws(Mistake) -> UInt64 {
        guard let number = ScenarioOperation.number(text) else { throw Mistake(message: "`\(text)` is no number") }
        return number
    }
}
