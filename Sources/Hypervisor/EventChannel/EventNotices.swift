/// Who is to be told of events, once no lock is held any more.
struct EventNotices: Sendable {
    private var notices: [(listener: any PortListener, port: UInt32)] = []

    mutating func add(_ listener: any PortListener, _ port: UInt32) { notices.append((listener, port)) }

    func tell() {
        for notice in notices { notice.listener.eventIsPending(at: notice.port) }
    }
}
