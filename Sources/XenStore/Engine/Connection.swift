/// A client of the store: one connection of a domain.
final class Connection {
    let record: DomainRecord
    /// What relative paths begin with, a slash at its end.
    let home: [UInt8]
    var output = OutputBuffer()
    var watches: [WatchKey: Watch] = [:]
    var transactions: [UInt32: Transaction] = [:]
    private var lastTransaction: UInt32 = 0
    /// What the rim knows it by.
    var tag: UInt64 = 0
    /// It is to be disconnected: its domain is gone, it broke the protocol, or it never reads.
    var isClosed = false
    /// It is among those that have something to be sent, or are to be disconnected.
    var isWaiting = false

    init(_ record: DomainRecord) {
        self.record = record
        home = StorePath.home(of: record.domain) + [StorePath.slash]
    }

    var caller: Caller { record.caller }

    /// A number for a transaction that no open one has.
    func nextTransaction() -> UInt32 {
        repeat { lastTransaction &+= 1 } while lastTransaction == 0 || transactions[lastTransaction] != nil
        return lastTransaction
    }
}
