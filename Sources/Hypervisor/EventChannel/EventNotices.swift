/// Who is to be told of events, once no lock is held any more.
struct EventNotices: Sendable {
    private typealias Notice = (listener: any PortListener, port: UInt32)

    /// There is seldom more than one, which needs no room of its own.
    private var first: Notice?
    private var others: [Notice] = []

    mutating func add(_ listener: any PortListener, _ port: UInt32) {
        if first == nil { first = (listener, port) } else { others.append((listener, port)) }
    }

    func tell() {
        guard let first else { return }
        first.listener.eventIsPending(at: first.port)
        for notice in others { notice.listener.eventIsPending(at: notice.port) }
    }
}
