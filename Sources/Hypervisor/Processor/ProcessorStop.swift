/// Why a guest's processor does nothing more.
public enum ProcessorStop: Error, Hashable, Sendable {
    /// Its domain is gone, or never was.
    case noDomain
    /// Its domain has no such processor, or is not one that device models serve.
    case noProcessor
    /// Somebody else executes it.
    case taken
    /// Its domain has shut down, for this reason (`SHUTDOWN_*`).
    case shutDown(UInt8)
    /// Whoever executes it is gone.
    case abandoned
    /// The system has no descriptor for it to wait at.
    case noDescriptor
}
