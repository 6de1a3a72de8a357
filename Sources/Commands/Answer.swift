import Files
import Glibc

/// Writes what a command has found to the standard output. An answer that nobody could be told is none: a full disk is no success.
public func answer(_ bytes: [UInt8]) throws(CommandFailure) {
    do throws(FileError) {
        try Files.write(bytes, to: STDOUT_FILENO)
    } catch {
        throw .unwritable(error)
    }
}

/// The same of a text.
public func answer(_ text: String) throws(CommandFailure) { try answer(Array(text.utf8)) }
