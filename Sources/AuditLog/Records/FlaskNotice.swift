/// What the hypervisor says of Flask or of itself beside decisions.
public struct FlaskNotice: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A hypervisor starts: its version.
        case start
        /// How much a policy holds, as it is loaded.
        case policy
        /// Why a policy was not loaded.
        case refusal
        /// Enforcing, permissive, disabled.
        case mode
        /// An operation that this hypervisor's Flask does not know, and denies (`FLASK: Denying unknown domctl: 23.`).
        case unknownOperation = "unknown-operation"
        /// A permission that a type's bounds take away (`op=security_compute_av reason=bounds`).
        case bounds
        /// A change of a context that a constraint forbids (`security_validate_transition`).
        case validation
        /// The hypervisor ended for it.
        case panic
        /// Anything else.
        case message
    }

    public var kind: Kind
    /// The words, without what stands before them in the line.
    public var text: [UInt8]
    public var time: LogTime
    public var boot: Int
    public var line: UInt64
    /// Which of the reader's hosts the transport names, and which of its boots; negative when it names none.
    public var host: Int32
    public var bootIdentity: Int32

    public init(
        _ kind: Kind, _ text: [UInt8], time: LogTime = .unknown, boot: Int = 0, line: UInt64 = 0, host: Int32 = -1, bootIdentity: Int32 = -1
    ) {
        self.kind = kind
        self.text = text
        self.time = time
        self.boot = boot
        self.line = line
        self.host = host
        self.bootIdentity = bootIdentity
    }
}
