package import Flask

/// A piece of text as bytes, because names are bytes. Pieces are put together as strings are.
package struct PolicyText: Hashable, Comparable, ExpressibleByStringInterpolation {
    package var bytes: [UInt8]

    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    package init(_ name: Name) {
        bytes = name.bytes
    }

    package init(stringLiteral text: String) {
        bytes = Array(text.utf8)
    }

    package init(stringInterpolation: Interpolation) {
        bytes = stringInterpolation.bytes
    }

    package struct Interpolation: StringInterpolationProtocol {
        var bytes: [UInt8] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            bytes.reserveCapacity(literalCapacity + interpolationCount * 12)
        }

        package mutating func appendLiteral(_ literal: String) {
            bytes.append(contentsOf: literal.utf8)
        }

        package mutating func appendInterpolation(_ text: PolicyText) {
            bytes.append(contentsOf: text.bytes)
        }

        package mutating func appendInterpolation(_ name: Name) {
            bytes.append(contentsOf: name.bytes)
        }

        package mutating func appendInterpolation(_ text: String) {
            bytes.append(contentsOf: text.utf8)
        }

        package mutating func appendInterpolation(_ number: some FixedWidthInteger) {
            bytes.append(contentsOf: String(number).utf8)
        }

        package mutating func appendInterpolation(hex number: some FixedWidthInteger) {
            bytes.append(contentsOf: "0x".utf8)
            bytes.append(contentsOf: String(number, radix: 16).utf8)
        }
    }

    package static func < (a: PolicyText, b: PolicyText) -> Bool {
        a.bytes.lexicographicallyPrecedes(b.bytes)
    }
}

extension Sequence<PolicyText> {
    /// The pieces with something between them.
    package func joined(_ separator: String) -> PolicyText {
        var result = PolicyText(bytes: [])
        var isFirst = true
        for piece in self {
            if !isFirst { result.bytes.append(contentsOf: separator.utf8) }
            isFirst = false
            result.bytes += piece.bytes
        }
        return result
    }
}

/// Lines in the making.
struct PolicyLines {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ line: PolicyText) {
        bytes += line.bytes
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Appends lines in the order of their bytes.
    mutating func append(sorted lines: [PolicyText], indent: Int = 0) {
        for line in lines.sorted() {
            for _ in 0..<indent { bytes += Array("    ".utf8) }
            append(line)
        }
    }
}
