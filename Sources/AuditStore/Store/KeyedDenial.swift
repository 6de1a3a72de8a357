public import AuditLog
public import Flask

/// A decision that is kept, or to be kept.
public struct KeyedDenial: Hashable, Sendable {
    public var key: DenialKey
    public var record: AuditRecord
    public var time: LogTime

    public init(_ key: DenialKey, _ record: AuditRecord, time: LogTime) {
        self.key = key
        self.record = record
        self.time = time
    }
}
