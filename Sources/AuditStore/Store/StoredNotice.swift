public import AuditLog

/// What a hypervisor said beside decisions.
public struct StoredNotice: Hashable, Sendable {
    public var host: [UInt8]
    public var boot: [UInt8]
    public var kind: FlaskNotice.Kind
    public var text: [UInt8]
    public var time: LogTime
    /// How often a log has it in this boot, at that time: the most that any log had.
    public var count: UInt64

    public init(host: [UInt8], boot: [UInt8], kind: FlaskNotice.Kind, text: [UInt8], time: LogTime, count: UInt64) {
        self.host = host
        self.boot = boot
        self.kind = kind
        self.text = text
        self.time = time
        self.count = count
    }
}
