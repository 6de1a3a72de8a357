import Files
import Glibc
import JSON

/// How a command tells what it has found.
enum TextFormat: String, CaseIterable { case text, json }

/// Writes a value to the standard output, for people who look at it and programs that read it.
func tell(_ value: JSONValue) { tell(String(decoding: value.bytes(indented: true), as: UTF8.self) + "\n", STDOUT_FILENO) }
