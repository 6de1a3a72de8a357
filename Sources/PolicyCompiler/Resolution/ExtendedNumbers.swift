import Flask

/// The numbers of a rule with extended permissions, cut into the pieces in which an image keeps them (checkpolicy,
/// policy_define.c: `define_te_avtab_ioctl`, `define_te_avtab_netlink`).
struct ExtendedNumbers {
    enum Kind { case ioctl, netlink }

    /// Ascending, without gaps of nothing between them; the last may begin again at 0.
    private let ranges: [ClosedRange<Int>]
    /// Where a range begins that ends at 0: see ``init(_:isComplement:_:)``.
    private var backward: Int?

    /// Images that are to equal those of checkpolicy 3.4 also equal them where it miscounts. It counts in sixteen bits:
    /// behind 0xffff it begins at 0 again, and all but the last numbers is then all that there is. And what lies behind a
    /// single range from 0 on is a range that ends before it begins.
    init(_ written: [ClosedRange<Int>], isComplement: Bool, _ layout: ImageLayout) {
        var merged: [ClosedRange<Int>] = []
        for range in written.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound + 1 {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        guard isComplement else {
            ranges = merged
            return
        }
        var gaps: [ClosedRange<Int>] = []
        var next = 0
        for range in merged {
            if range.lowerBound > next { gaps.append(next...range.lowerBound - 1) }
            next = range.upperBound + 1
        }
        if next <= 0xffff {
            gaps.append(next...0xffff)
        } else if layout == .checkpolicy3_5 {
            gaps.append(0...0xffff)
        }
        if layout == .checkpolicy3_5, merged.count == 1, merged[0].lowerBound == 0 {
            gaps = []
            backward = next & 0xffff
        }
        ranges = gaps
    }

    /// Whole drivers first, then one piece for each driver that is there in part.
    func permissions(_ kind: Kind) -> [ExtendedPermissions] {
        if let backward { return Self.permissions(backwardFrom: backward) }
        var whole = [UInt32](repeating: 0, count: 8)
        if kind == .ioctl {
            for range in ranges {
                let high = (range.upperBound + 1) >> 8
                let low = (range.lowerBound >> 8) + (range.lowerBound & 0xff == 0 ? 0 : 1)
                if high > low { for driver in low..<high { whole[driver >> 5] |= 1 << UInt32(driver & 31) } }
            }
        }
        var result: [ExtendedPermissions] = []
        if whole.contains(where: { $0 != 0 }) {
            result.append(ExtendedPermissions(kind: .ioctlDriver, driver: 0, words: whole))
        }
        for driver in 0..<256 where whole[driver >> 5] & (1 << UInt32(driver & 31)) == 0 {
            // Only drivers at an end of a range are cut; those between are whole, or for netlink not looked at.
            let touched = ranges.filter { $0.lowerBound >> 8 == driver || $0.upperBound >> 8 == driver }
            guard !touched.isEmpty else { continue }
            var words = [UInt32](repeating: 0, count: 8)
            for range in touched {
                let low = max(range.lowerBound, driver << 8) & 0xff
                let high = min(range.upperBound, driver << 8 | 0xff) & 0xff
                for number in low...high { words[number >> 5] |= 1 << UInt32(number & 31) }
            }
            result.append(
                ExtendedPermissions(
                    kind: kind == .ioctl ? .ioctlFunction : .netlinkMessage, driver: UInt8(driver), words: words))
        }
        return result
    }

    /// The range from a number back to 0, as the peer cuts it: bits of the first word, in the drivers of both ends.
    private static func permissions(backwardFrom first: Int) -> [ExtendedPermissions] {
        let low = UInt32(first & 0xff)
        let bits: UInt32 = low == 0 ? 1 : low < 32 ? 2 &- 1 << low : 0
        guard bits != 0 else { return [] }
        return (first >> 8 == 0 ? [0] : [0, first >> 8]).map {
            ExtendedPermissions(kind: .ioctlFunction, driver: UInt8($0), words: [bits, 0, 0, 0, 0, 0, 0, 0])
        }
    }
}
