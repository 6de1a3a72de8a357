public import AuditLog

/// What a log does not say of itself, and how it is stored.
public struct IngestOptions: Hashable, Sendable {
    /// The host whose log it is, where its lines name none.
    public var host: [UInt8]
    /// What the log is called in the list of what was ingested.
    public var log: [UInt8]
    public var reader: LogReaderOptions
    /// How many decisions are acknowledged at once.
    public var batch: Int

    public init(host: [UInt8] = [], log: [UInt8] = [], reader: LogReaderOptions = LogReaderOptions(), batch: Int = 1 << 16) {
        self.host = host
        self.log = log
        self.reader = reader
        self.batch = max(1, batch)
    }
}
