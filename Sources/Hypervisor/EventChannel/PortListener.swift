/// Is told of events at a port, in place of the domain's shared pages: a client of a connection, which waits for a counter.
///
/// It is called after the hypervisor's lock was given back, from whichever thread raised the event, perhaps from several at
/// once; it must not wait. Who closes a port may be told once more of an event that came before.
public protocol PortListener: AnyObject, Sendable {
    /// An event came at a port. Several may be told of as one.
    func eventIsPending(at port: UInt32)

    /// A counter to which it adds, to send an event by the port without a call; -1 where it has none.
    var answers: Int32 { get }
}

extension PortListener {
    public var answers: Int32 { -1 }
}
