public import Files

/// Why a command has no answer.
public protocol CommandFailing: Error {
    /// The answer cannot be written.
    static func unwritable(_ error: FileError) -> Self
    /// Says it on the standard error.
    func report()
}
