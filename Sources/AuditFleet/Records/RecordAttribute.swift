/// One thing that a record says, for a system that knows no Flask.
struct RecordAttribute: Hashable, Sendable {
    enum Value: Hashable, Sendable {
        case text(String)
        /// Bytes of a log, which may be no UTF-8.
        case bytes([UInt8])
        case number(Int64)
        case list([[UInt8]])
    }

    /// Words with points between them, each within the one before; without the prefix of ours.
    var name: String
    var value: Value

    init(_ name: String, _ value: Value) {
        self.name = name
        self.value = value
    }
}
