/// The name of a thread, which the thread gives itself, and which may be any bytes: as text that stays in its line.
public struct ThreadName: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Plain ASCII without quotes and backslashes; what was something else is `?`.
    public let description: String

    /// Of what is longer than the kernel's names, the rest is left out.
    public init(_ bytes: some Sequence<UInt8>) {
        description = String(
            decoding: bytes.prefix(16).map { byte -> UInt8 in
                let isPlain = (0x20...0x7e).contains(byte) && ![UInt8(ascii: "`"), UInt8(ascii: "\""), UInt8(ascii: "\\")].contains(byte)
                return isPlain ? byte : UInt8(ascii: "?")
            }, as: UTF8.self)
    }

    public static func < (first: ThreadName, second: ThreadName) -> Bool { first.description < second.description }
}
