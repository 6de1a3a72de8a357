/// An absolute path that names a node, checked.
///
/// Names are letters, digits and `-`, `_`, `@`; no name is empty. An absolute path has up to 3,072 bytes, one that a caller
/// gave relative to its home up to 2,048 (Xen, xen/include/public/io/xs_wire.h: `XENSTORE_ABS_PATH_MAX`,
/// `XENSTORE_REL_PATH_MAX`; docs/misc/xenstore.txt).
struct StorePath: Hashable {
    let bytes: [UInt8]
    /// Whether the caller gave it without its home.
    let isRelative: Bool

    static let maximumSize = 3_072
    static let maximumRelativeSize = 2_048

    static let root = StorePath(checked: [UInt8(ascii: "/")])

    /// A path that is known to be right.
    init(checked bytes: [UInt8]) {
        self.bytes = bytes
        isRelative = false
    }

    /// A path as a caller gave it; `home` is what relative ones begin with, a slash at its end. Throws
    /// ``XenStoreError/invalidArgument``.
    init(_ text: some RandomAccessCollection<UInt8>, home: [UInt8]) throws(XenStoreError) {
        guard let first = text.first, first != UInt8(ascii: "@") else { throw .invalidArgument }
        isRelative = first != Self.slash
        guard text.count <= (isRelative ? Self.maximumRelativeSize : Self.maximumSize) else { throw .invalidArgument }
        var last = isRelative ? Self.slash : 0
        for byte in text {
            if byte == Self.slash {
                guard last != Self.slash else { throw .invalidArgument }
            } else {
                guard Self.isNameByte(byte) else { throw .invalidArgument }
            }
            last = byte
        }
        guard last != Self.slash || text.count == 1 else { throw .invalidArgument }
        bytes = isRelative ? home + text : Array(text)
    }

    static let slash = UInt8(ascii: "/")

    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "@"):
            true
        default: false
        }
    }

    var isRoot: Bool { bytes.count == 1 }

    /// Where the first name begins; no names are left from `bytes.count` on.
    var firstName: Int { 1 }

    /// Whether a name begins at a place.
    func hasName(at start: Int) -> Bool { start < bytes.count }

    /// The name that begins at a place. The next one begins one byte behind its end.
    @inline(__always)
    func name(at start: Int) -> NameKey {
        var end = start
        while end < bytes.count, bytes[end] != Self.slash { end += 1 }
        return NameKey(bytes, start..<end)
    }

    /// The path up to a place, which is behind a name, or 1 for the root.
    func prefix(upTo end: Int) -> [UInt8] { end <= 1 ? [Self.slash] : end == bytes.count ? bytes : Array(bytes[..<end]) }

    /// The path of a domain (Xen, docs/misc/xenstore.txt: `GET_DOMAIN_PATH`).
    static func home(of domain: some BinaryInteger) -> [UInt8] { Array("/local/domain/\(domain)".utf8) }
}
