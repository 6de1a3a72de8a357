/// Reads an answer in ClickHouse's format RowBinary. It is another machine's: what does not fit is a failure.
struct RowBinaryReader {
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { place == bytes.count }

    /// No class has as many permissions.
    private static let elementLimit = 65_536
    private static let failure = ClickHouseFailure(.garbled, "an answer that is not what was asked for")

    mutating func number<Number: FixedWidthInteger>(_: Number.Type = Number.self) throws(ClickHouseFailure) -> Number {
        guard bytes.count - place >= Number.bitWidth / 8 else { throw Self.failure }
        var number: UInt64 = 0
        for offset in 0..<Number.bitWidth / 8 { number |= UInt64(bytes[place + offset]) << UInt64(8 * offset) }
        place += Number.bitWidth / 8
        return Number(truncatingIfNeeded: number)
    }

    /// `String`.
    mutating func text() throws(ClickHouseFailure) -> [UInt8] {
        let count = try length()
        defer { place += count }
        return Array(bytes[place..<place + count])
    }

    /// `Array`.
    mutating func array<Element>(_ element: (inout RowBinaryReader) throws(ClickHouseFailure) -> Element) throws(ClickHouseFailure) -> [Element] {
        // Each element has a byte at least, and takes many times as much here.
        let count = try length()
        guard count <= Self.elementLimit else { throw Self.failure }
        var elements: [Element] = []
        for _ in 0..<count { elements.append(try element(&self)) }
        return elements
    }

    /// A length in groups of seven bits, no more than there are bytes.
    private mutating func length() throws(ClickHouseFailure) -> Int {
        var count: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            guard place < bytes.count, shift < 63 else { throw Self.failure }
            let byte = bytes[place]
            place += 1
            count |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { break }
            shift += 7
        }
        guard count <= UInt64(bytes.count - place) else { throw Self.failure }
        return Int(count)
    }
}
