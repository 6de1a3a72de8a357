/// A system call that a filter refused, as the kernel's log tells it (Linux, kernel/auditsc.c: `audit_seccomp`).
public struct RefusedSystemCall: Hashable, Sendable {
    /// The name of the thread that made it.
    public let thread: String
    public let architecture: UInt32
    public let number: UInt32
    /// When, in milliseconds since 1970.
    public let time: Int64

    /// Reads a line of the log; nil where it tells of nothing of the kind.
    public init?(line: String) {
        guard let record = line.split(separator: "\n").first, record.contains("type=1326 ") else { return nil }
        var fields: [Substring: Substring] = [:]
        for word in record.split(separator: " ") {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { fields[parts[0]] = parts[1] }
        }
        guard let architecture = fields["arch"].flatMap({ UInt32($0, radix: 16) }),
            let number = fields["syscall"].flatMap({ UInt32($0) }), let time = Self.time(record)
        else { return nil }
        self.time = time
        self.architecture = architecture
        self.number = number
        thread = fields["comm"].map { Self.text($0) } ?? ""
    }

    /// `audit(SECONDS.MILLISECONDS:SERIAL)`.
    private static func time(_ record: Substring) -> Int64? {
        guard let word = record.split(separator: " ").first(where: { $0.hasPrefix("audit(") }) else { return nil }
        let parts = word.dropFirst(6).prefix { $0 != ":" }.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let seconds = Int64(parts[0]), let rest = Int64(parts[1]), (0..<1_000).contains(rest),
            (0..<1 << 50).contains(seconds)
        else { return nil }
        return seconds * 1_000 + rest
    }

    /// A name is in quotes, or hexadecimal where it has bytes that could be taken for something else.
    private static func text(_ value: Substring) -> String {
        if value.first == "\"" { return String(value.dropFirst().prefix { $0 != "\"" }) }
        let digits = Array(value.utf8)
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count - 1, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16) else { return String(value) }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What was refused to whom, in words.
    public var text: String {
        guard architecture == FilterEvaluation.x86_64, number < FilterEvaluation.x32 else {
            return "a system call of another architecture (\(number) of \(String(architecture, radix: 16))), by its thread `\(thread)`"
        }
        return "`\(SystemCalls.name(of: Int(number)) ?? "system call \(number)")`, by its thread `\(thread)`"
    }
}
