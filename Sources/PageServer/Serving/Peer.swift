/// A client at the other end of a connection, which asks once.
struct Peer {
    let descriptor: Int32
    /// What tells it from others that had the descriptor before.
    let tag: UInt64
    /// When it is given up, in milliseconds.
    var deadline: Int
    var state = State.asking
    /// What came and is not read yet.
    var input: [UInt8] = []
    /// How long it will be at least, once that is known.
    var wanted = 0
    var output: [UInt8] = []
    var sent = 0

    enum State {
        /// Its request is coming.
        case asking
        /// Its answer is being made.
        case waiting
        case taking
        /// It has its answer; what it still says is read and forgotten, so that the answer is not lost with the connection.
        case leaving
    }
}
