/// What has become of an access.
enum IOStatus: Hashable, Sendable {
    /// It is done: nobody waits.
    case handled
    /// Somebody emulates it: the processor waits.
    case waits
    /// Nobody takes it.
    case unhandled
}
