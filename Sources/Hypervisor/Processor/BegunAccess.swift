/// What became of an access when it was begun.
struct BegunAccess: Sendable {
    /// A port of the emulator's at which its answer may be taken.
    struct Answerer: Sendable {
        let port: any AnsweringPort
        /// Whose the port is, and its number there.
        let emulator: Domain
        let number: UInt32
    }

    let status: IOStatus
    var answerer: Answerer?
}
