/// What the store knows of a domain.
final class DomainRecord {
    let domain: UInt16
    /// Who its connections act as.
    private(set) var caller: Caller
    /// Whether a toolstack introduced it.
    var isIntroduced = false
    /// Nodes that it owns.
    var nodes = 0
    var watches = 0
    /// What its watches take, roughly.
    var watchBytes = 0
    /// Open transactions, and the bytes that they hold.
    var transactions = 0
    var transactionBytes = 0
    var connections: [Connection] = []

    /// What it takes besides its nodes and what its connections have not fetched.
    var memory: Int { watchBytes + transactionBytes }

    init(_ domain: UInt16, birth: UInt64) {
        self.domain = domain
        caller = Caller(domain: domain, birth: birth)
    }

    /// The domain that it serves.
    var target: DomainRecord? {
        didSet { caller.target = target.map { Caller.Target(domain: $0.domain, birth: $0.caller.birth) } }
    }
}
