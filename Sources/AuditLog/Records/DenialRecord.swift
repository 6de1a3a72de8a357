public import Flask

/// One decision that the hypervisor told of, and where in a log it did.
public struct DenialRecord: Hashable, Sendable {
    /// What the line says.
    public var record: AuditRecord
    public var time: LogTime
    /// How many times a hypervisor started before it in this log.
    public var boot: Int
    /// The number of its line, from 1; of the first of them when it was put together from several.
    public var line: UInt64

    public init(record: AuditRecord, time: LogTime = .unknown, boot: Int = 0, line: UInt64 = 0) {
        self.record = record
        self.time = time
        self.boot = boot
        self.line = line
    }
}
