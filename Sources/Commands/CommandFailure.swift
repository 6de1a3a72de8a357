public import Files
import Glibc

/// Why a command has no answer, or what it was to do is not done.
public struct CommandFailure: Error, Hashable, Sendable {
    /// What is wrong, and what to do about it: in a line, where it is one.
    public let message: String
    /// What is told in place of that, where it has a form of its own.
    private let text: [UInt8]?

    /// Told as an error.
    public init(_ message: String) {
        self.message = message
        text = nil
    }

    /// Mistakes in a text, each told with its place: they stand as they are, and end with a line feed. `message` says that there are some.
    public init(_ message: String, told text: [UInt8]) {
        self.message = message
        self.text = text
    }

    /// The answer cannot be written.
    public static func unwritable(_ error: FileError) -> CommandFailure {
        CommandFailure("`\(error.path)` cannot be written: \(error.reason)")
    }

    /// Says it on the standard error, and behind it what to do about it, where somebody knows that.
    public func report(_ advice: String = "") {
        try? Files.write(text ?? Array("error: \(message)\(advice)\n".utf8), to: STDERR_FILENO)
    }
}
