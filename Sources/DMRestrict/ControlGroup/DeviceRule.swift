/// A device that may be opened, and how.
public struct DeviceRule: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable { case block = "b", character = "c" }

    public let kind: Kind
    public let major: UInt32
    public let minor: UInt32
    public let isWritable: Bool

    public init(_ kind: Kind, _ major: UInt32, _ minor: UInt32, isWritable: Bool) {
        self.kind = kind
        self.major = major
        self.minor = minor
        self.isWritable = isWritable
    }

    /// As the kernel reads and writes it: `c 1:3 rw`. That device files are made is never allowed.
    public var text: String { "\(kind.rawValue) \(major):\(minor) \(isWritable ? "rw" : "r")" }

    /// From such a text, and no other.
    public init?(text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, let kind = Kind(rawValue: String(words[0])) else { return nil }
        let numbers = words[1].split(separator: ":", omittingEmptySubsequences: false).map { UInt32($0) }
        guard numbers.count == 2, let major = numbers[0], let minor = numbers[1] else { return nil }
        self.init(kind, major, minor, isWritable: words[2] == "rw")
        guard self.text == text else { return nil }
    }

    /// Each device once, in one order, writable where any of the rules says so.
    static func merged(_ rules: [DeviceRule]) -> [DeviceRule] {
        let writable = Set(rules.filter(\.isWritable))
        return Set(rules.map { DeviceRule($0.kind, $0.major, $0.minor, isWritable: writable.contains($0.writable)) })
            .sorted { ($0.kind.rawValue, $0.major, $0.minor) < ($1.kind.rawValue, $1.major, $1.minor) }
    }

    private var writable: DeviceRule { DeviceRule(kind, major, minor, isWritable: true) }
}
