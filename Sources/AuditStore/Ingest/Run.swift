import AuditLog

/// The decisions of one boot of one host, as far as a log has them and they were not yet placed.
struct Run {
    /// Where the run is among what is stored.
    enum State: Equatable {
        /// Nowhere yet.
        case beginning
        /// What comes next in the log is compared with this record.
        case matching(Int64, in: Int64)
        /// What comes next in the log is new, and comes behind this stretch's last, which ended there.
        case appending(Int64, end: Int64)
    }

    /// The reader's number of the host; negative for none.
    var host: Int32
    /// What the hypervisor said as it started, when the log has that.
    var banner: [UInt8]?
    /// The reader's number of what the transport says the boot is, and that; negative and nil for none.
    var identityNumber: Int32
    var identity: [UInt8]?
    /// Its first decision is of the log's first line, which a ring may have cut.
    var mayBeCut = false
    var rows: [RecordRow] = []
    var notices: [FlaskNotice] = []
    var hasEnded = false
    var state = State.beginning
    /// The boot, when it is known.
    var boot: Int64?
    /// Nothing of it was placed yet.
    var isFresh: Bool { boot == nil }

    init(host: Int32, identityNumber: Int32 = -1, banner: [UInt8]? = nil) {
        self.host = host
        self.identityNumber = identityNumber
        self.banner = banner
    }
}
