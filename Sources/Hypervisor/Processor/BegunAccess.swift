/// What became of an access when it was begun.
struct BegunAccess: Sendable {
    /// A port of the emulator's at which its answer may be taken.
    struct Answerer: Sendable {
        let port: any PortListener
        /// Whose the port is, and its number there.
        let emulator: Domain
        let number: UInt32
    }

    enum Status: Hashable, Sendable {
        case waits
        /// Nobody emulates it, or has more to say about it.
        case done
        /// The domain's processors stand still.
        case paused
        case shutDown(UInt8)
    }

    let status: Status
    var answerer: Answerer?
}
