/// Why bytes are no document of JSON, or none that is read.
public struct JSONMistake: Error, Hashable, Sendable {
    public enum What: Hashable, Sendable {
        case tooManyBytes(limit: Int)
        case tooDeep(limit: Int)
        case tooManyValues(limit: Int)
        case notUTF8
        /// Something else than `wanted`.
        case unexpected(UInt8, wanted: String)
        case unexpectedEnd(wanted: String)
        /// A character that a string must escape.
        case controlCharacter(UInt8)
        case unknownEscape(UInt8)
        /// Half of a character beyond U+FFFF.
        case loneSurrogate
        case repeatedName(String)
        /// An integer that has no place in 64 bits with a sign.
        case integerOutOfRange
        /// A number that is beyond what floating point can have.
        case numberOutOfRange
    }

    /// Where it is, in bytes from 0.
    public let offset: Int
    public let what: What

    public init(offset: Int, what: What) {
        self.offset = offset
        self.what = what
    }

    /// What is wrong.
    public var text: String {
        switch what {
        case .tooManyBytes(let limit): "there are more than \(limit) bytes"
        case .tooDeep(let limit): "more than \(limit) arrays and objects lie within each other"
        case .tooManyValues(let limit): "there are more than \(limit) values"
        case .notUTF8: "the bytes are not UTF-8"
        case .unexpected(let byte, let wanted): "\(Self.name(byte)) stands where \(wanted) is wanted"
        case .unexpectedEnd(let wanted): "the end stands where \(wanted) is wanted"
        case .controlCharacter(let byte): "\(Self.name(byte)) is not escaped"
        case .unknownEscape(let byte): "there is no escape of \(Self.name(byte))"
        case .loneSurrogate: "half of a surrogate pair stands alone"
        case .repeatedName(let name): "the name `\(name)` is there twice"
        case .integerOutOfRange: "the integer does not fit 64 bits"
        case .numberOutOfRange: "the number is too great"
        }
    }

    private static func name(_ byte: UInt8) -> String {
        (0x21...0x7E).contains(byte) ? "`\(Unicode.Scalar(byte))`" : "byte 0x" + String(byte, radix: 16)
    }
}
