/// All text of a run, end to end. It only grows, so that places in it stay valid.
///
/// It cannot be copied: it is lent to what reads it, without counting references.
struct Arena: ~Copyable {
    private(set) var bytes: [UInt8] = [0]

    @inline(__always)
    var count: Int { bytes.count }

    @inline(__always)
    subscript(index: Int) -> UInt8 { bytes[index] }

    subscript(range: Range<Int>) -> ArraySlice<UInt8> { bytes[range] }

    mutating func reserve(_ count: Int) {
        bytes.reserveCapacity(count)
    }

    /// Appends bytes and one that belongs to no name, and returns where they begin.
    mutating func append(_ more: [UInt8]) -> Int {
        let start = bytes.count
        bytes.append(contentsOf: more)
        bytes.append(0)
        return start
    }
}
