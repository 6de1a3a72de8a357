/// An entry of the journal's export format (systemd, JOURNAL_EXPORT_FORMATS), as far as it was read: fields by lines, `NAME=value` or a length and bytes.
struct JournalEntry: Sendable {
    var message: [UInt8] = []
    var time = LogTime.unknown
    var host: [UInt8] = []
    var bootIdentity: [UInt8] = []
    /// What is left of a field that is told by its length: the bytes of the length that are there, and then of the value.
    var binary: Binary?

    struct Binary: Sendable {
        var isMessage: Bool
        /// Eight bytes, the lowest first.
        var length: [UInt8] = []
        /// Nil until the length is known; it counts the line end behind the value too.
        var left: UInt64?
    }
}
