/// Namespaces of its own for a device model (`CLONE_NEW*`).
public struct Namespaces: OptionSet, Hashable, Sendable {
    public let rawValue: UInt64

    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    public static let mount = Namespaces(rawValue: 0x0002_0000)
    public static let controlGroup = Namespaces(rawValue: 0x0200_0000)
    public static let hostName = Namespaces(rawValue: 0x0400_0000)
    public static let interprocess = Namespaces(rawValue: 0x0800_0000)
    public static let user = Namespaces(rawValue: 0x1000_0000)
    public static let process = Namespaces(rawValue: 0x2000_0000)
    public static let network = Namespaces(rawValue: 0x4000_0000)

    /// All but the users', which is there by choice.
    public static let all: Namespaces = [.mount, .controlGroup, .hostName, .interprocess, .process, .network]

    private static let names: [(Namespaces, String)] = [
        (.mount, "mnt"), (.controlGroup, "cgroup"), (.hostName, "uts"), (.interprocess, "ipc"), (.user, "user"),
        (.process, "pid"), (.network, "net"),
    ]

    /// As `/proc/PID/ns` names them.
    public var names: [String] { Self.names.filter { contains($0.0) }.map(\.1) }

    /// The one that `/proc/PID/ns` has by a name.
    public init?(name: String) {
        guard let known = Self.names.first(where: { $0.1 == name }) else { return nil }
        self = known.0
    }
}
