/// The number by which a hypervisor knows a security context (Xen: SID). Initial ones are numbered by the release's table
/// (``Vocabulary/initialSIDs``), others as contexts come up.
public struct SecurityIdentifier: Hashable, Sendable, RawRepresentable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// No context.
    public static let null = SecurityIdentifier(rawValue: 0)
}

extension SecurityIdentifier: CustomStringConvertible {
    public var description: String { String(rawValue) }
}
