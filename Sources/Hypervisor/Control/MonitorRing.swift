/// Where somebody listens to a domain's events: a ring in a page of the domain's, and a port at which the hypervisor waits (Xen,
/// xen/common/vm_event.c: `struct vm_event_domain`).
///
/// As no processor runs nothing happens that would be told: no request is ever put into the ring. Responses are taken out of it
/// and mean nothing, for they let go on who waits for none.
struct MonitorRing: Sendable {
    let page: HeldPage
    let port: UInt32
    /// How many responses were taken.
    private(set) var taken: UInt32 = 0

    /// Where `struct vm_event_sring` has its counters (Xen, xen/include/public/io/ring.h).
    private enum Offset {
        static let requestEvent = 4
        static let responsesProduced = 8
        static let responseEvent = 12
    }

    /// Makes the page an empty ring.
    init(page: HeldPage, port: UInt32) {
        self.page = page
        self.port = port
        _ = page.page.memory.clear(4_096, at: page.page.offset)
        _ = page.page.memory.store(1 as UInt32, at: page.page.offset + Offset.requestEvent)
        _ = page.page.memory.store(1 as UInt32, at: page.page.offset + Offset.responseEvent)
    }

    /// Takes all responses out of the ring, however many the listener says that there are, and asks to be told of the next
    /// (Xen: `vm_event_resume`).
    mutating func takeResponses() {
        guard let end = page.page.memory.load32(at: page.page.offset + Offset.responsesProduced), end != taken else { return }
        taken = end
        _ = page.page.memory.store(end &+ 1, at: page.page.offset + Offset.responseEvent)
    }
}
