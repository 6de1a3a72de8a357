import DMRestrict
import Files

/// Why a command could not be done.
struct CommandFailure: Error {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}
