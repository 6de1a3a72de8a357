/// A client at the other end of a socket.
final class Peer {
    let descriptor: Int32
    /// What tells it from others that had the descriptor before.
    let tag: UInt64
    let connection: Connection
    /// What came and is not answered yet: at most ``ServerState/inputSize`` bytes.
    var input: [UInt8] = []
    /// What is waited for.
    var interest: Poller.Interest = .reading
    /// It is among those whose requests wait for their turn.
    var isBusy = false

    init(_ descriptor: Int32, tag: UInt64, _ connection: Connection) {
        self.descriptor = descriptor
        self.tag = tag
        self.connection = connection
    }
}
