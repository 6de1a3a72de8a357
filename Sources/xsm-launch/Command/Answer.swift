import Files
import Glibc
import JSON

/// Writes what a command has found to the standard output. An answer that nobody could be told is none.
func answer(_ text: String) throws(CommandFailure) {
    do throws(FileError) {
        try Files.write(Array(text.utf8), to: STDOUT_FILENO)
    } catch {
        throw CommandFailure("the standard output cannot be written: \(error.reason)")
    }
}

/// The same of a value, for people who look at it and programs that read it.
func answer(_ value: JSONValue) throws(CommandFailure) {
    try answer(String(decoding: value.bytes(indented: true), as: UTF8.self) + "\n")
}
