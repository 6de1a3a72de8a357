/// A client's port at whose descriptor the client itself can send an event, without a request: whoever waits for the event takes
/// it from there.
protocol AnsweringPort: PortListener {
    /// Something to read there is an event that the client sends.
    var descriptor: Int32 { get }

    /// Takes the events that lie there, without waiting; nil when the client is gone.
    func takeEvents() -> Bool?
}
