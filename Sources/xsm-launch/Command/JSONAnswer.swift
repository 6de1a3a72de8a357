import Commands
import JSON

/// Writes a value to the standard output, for people who look at it and programs that read it.
func answer(_ value: JSONValue) throws(CommandFailure) {
    try answer(String(decoding: value.bytes(indented: true), as: UTF8.self) + "\n")
}
