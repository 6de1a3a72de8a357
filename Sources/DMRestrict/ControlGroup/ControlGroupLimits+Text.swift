// Limits as operators write them.

extension ControlGroupLimits {
    /// Bytes: a number, and K, M or G for 2 to the power of 10, 20 or 30. Nil where it is none, or no limit.
    public static func memory(_ text: String) -> UInt64? {
        let units: [Character: UInt64] = ["K": 10, "M": 20, "G": 30]
        let shift = text.last.flatMap { units[$0] }
        let number = digits(shift == nil ? text[...] : text.dropLast()).flatMap { UInt64($0) }
        guard let number, number <= memoryRange.upperBound, case let bytes = number << (shift ?? 0), bytes >> (shift ?? 0) == number,
            memoryRange.contains(bytes)
        else { return nil }
        return bytes
    }

    /// Thousandths of a processor, from a number of them with at most three digits behind the point.
    public static func processor(_ text: String) -> UInt32? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = digits(parts[0]), let behind = digits(parts.count > 1 ? parts[1] : "0"), behind.count <= 3,
            let whole = UInt32(first), whole <= 1_000, let rest = UInt32(behind + String(repeating: "0", count: 3 - behind.count)),
            processorRange.contains(whole * 1_000 + rest)
        else { return nil }
        return whole * 1_000 + rest
    }

    public static func processes(_ text: String) -> UInt32? {
        digits(text[...]).flatMap { UInt32($0) }.flatMap { processesRange.contains($0) ? $0 : nil }
    }

    private static func digits(_ text: Substring) -> Substring? {
        !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) } ? text : nil
    }

    /// Takes a limit from a text; false where that is none. The host must be able to do it then.
    public mutating func set(_ controller: ControlGroupController, to text: String) -> Bool {
        switch controller {
        case .memory:
            guard let bytes = Self.memory(text) else { return false }
            memory = bytes
        case .cpu:
            guard let share = Self.processor(text) else { return false }
            processor = share
        case .pids:
            guard let count = Self.processes(text) else { return false }
            processes = count
        case .devices: return false
        }
        optional.remove(controller)
        return true
    }

    /// What is wrong with a file of limits.
    public struct TextMistake: Error, Hashable, Sendable {
        public let line: Int
        public let text: String
    }

    /// Takes limits from a file: a line for each, as `memory 2G`, `cpu 1.5`, `pids 100`; lines that begin with `#` and empty ones do not
    /// count.
    public mutating func take(from text: String) throws(TextMistake) {
        var seen: Set<ControlGroupController> = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.split { $0 == " " || $0 == "\t" }
            guard let name = words.first, !line.hasPrefix("#") else { continue }
            func mistake(_ text: String) -> TextMistake { TextMistake(line: index + 1, text: text) }
            guard let controller = ControlGroupController(rawValue: String(name)), controller != .devices else {
                throw mistake("`\(name)` is no limit: it is `memory`, `cpu` or `pids`")
            }
            guard words.count == 2 else { throw mistake("`\(name)` has one value") }
            guard seen.insert(controller).inserted else { throw mistake("`\(name)` is there twice") }
            guard set(controller, to: String(words[1])) else { throw mistake("`\(words[1])` is not \(controller.wanted)") }
        }
    }
}

extension ControlGroupController {
    /// What a limit is, for who has written something else.
    public var wanted: String {
        switch self {
        case .memory: "a number of bytes, or of K, M or G, from 1M to 1048576G"
        case .cpu: "a number of processors from 0.01 to 1000, as `0.5`"
        case .pids: "a number from 1 to 4194304"
        case .devices: "devices"
        }
    }
}
