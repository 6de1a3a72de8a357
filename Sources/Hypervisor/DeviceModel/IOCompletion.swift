/// How far the accesses are that a processor waits for.
enum IOCompletion: Hashable, Sendable {
    case waits
    /// They are done. What was read, where the access reads; all ones where its emulator is gone.
    case done(UInt64)
    /// The emulator broke the rules, and the domain was crashed for it.
    case crashed
}
