/// Operations of one hypercall that ask for a permission.
public struct HypercallOperation: Hashable, Sendable {
    /// A function of Xen's security modules, and what it decides without Flask.
    public struct Hook: Hashable, Sendable {
        public let name: String
        public let withoutFlask: HookDefault

        init(name: String, withoutFlask: HookDefault) {
            self.name = name
            self.withoutFlask = withoutFlask
        }
    }

    public let objectClass: String
    public let permission: String
    /// The hypercall's name in Xen's interface, or where in Xen it comes about.
    public let hypercall: String
    /// Names of Xen's interface, some with the case in which they ask; empty where the whole hypercall asks.
    public let operations: [String]
    public let hooks: [Hook]
    /// Whose contexts are compared.
    public let source: AccessParty
    public let target: AccessParty
    /// What else is to be known; empty for nothing.
    public internal(set) var note: String

    /// `domctl: XEN_DOMCTL_pausedomain`.
    public var text: String { operations.isEmpty ? hypercall : "\(hypercall): \(operations.joined(separator: ", "))" }
}
