/// A name as a policy holds it: bytes, usually ASCII, compared byte by byte.
public struct Name: Hashable, Comparable, Sendable {
    public let bytes: [UInt8]

    public init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    public init(_ text: String) {
        bytes = Array(text.utf8)
    }

    public static func < (a: Name, b: Name) -> Bool {
        a.bytes.lexicographicallyPrecedes(b.bytes)
    }
}

extension Name: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) {
        self.init(text)
    }
}

extension Name: CustomStringConvertible {
    /// The name as text; bytes that are not UTF-8 are replaced.
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}
