/// One name of a path, ready to be looked up in a ``NameTable``: where it lies in bytes that are passed along with it.
///
/// Names are ordered by their bytes. The first eight of them are one number, so that most comparisons look at nothing else.
struct NameKey {
    /// The first eight bytes, the first of them in the highest place, filled up with zeros, which no name holds.
    let prefix: UInt64
    let range: Range<Int>

    @inline(__always)
    init(_ bytes: [UInt8], _ range: Range<Int>) {
        var prefix: UInt64 = 0
        let end = min(range.upperBound, range.lowerBound + 8)
        var index = range.lowerBound
        while index < end {
            prefix = prefix << 8 | UInt64(bytes[index])
            index += 1
        }
        let missing = 8 - (end - range.lowerBound)
        self.prefix = missing == 8 ? 0 : prefix << UInt64(8 * missing)
        self.range = range
    }

    @inline(__always)
    init(_ name: [UInt8]) { self.init(name, 0..<name.count) }

    /// Whether the name comes before (negative), behind (positive) or is (zero) another with the same first eight bytes.
    func compareBehindPrefix(of bytes: [UInt8], with name: [UInt8]) -> Int {
        let common = min(range.count, name.count)
        var index = 8
        while index < common {
            let (ours, theirs) = (bytes[range.lowerBound + index], name[index])
            if ours != theirs { return ours < theirs ? -1 : 1 }
            index += 1
        }
        return range.count - name.count
    }
}
