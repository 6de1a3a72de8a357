import Flask

/// How frames are cached whatever the guest says (Xen, xen/arch/x86/hvm/mtrr.c: `hvm_set_mem_pinned_cacheattr`).
struct PinnedCacheAttributes: Sendable {
    /// How many ranges there may be; that there is a limit at all came with XSA-428.
    static let limit = 64
    /// The number that stands for taking one away.
    static let delete = UInt32.max
    /// Numbers of frames have no more bits than an address.
    static let frameBits: UInt64 = 46

    private(set) var ranges: [(frames: ClosedRange<UInt64>, type: UInt32)] = []

    /// Sets or takes away the attribute of a range. Throws `EINVAL`; `EPERM` where the domain may not change caching; `ENOENT`
    /// for a range that is not there; `EBUSY` for one that overlaps another; `ENOSPC`.
    mutating func set(_ start: UInt64, _ end: UInt64, _ type: UInt32, mayUncache: Bool) throws(XenErrorNumber) {
        guard start <= end, (start | end) >> Self.frameBits == 0 else { throw .invalidArgument }
        let frames = start...end
        let same = ranges.firstIndex { $0.frames == frames }
        switch type {
        case Self.delete:
            guard let same else { throw .noEntry }
            ranges.remove(at: same)
            return
        // Not cached, or combining writes.
        case 0, 1, 7: guard mayUncache else { throw .operationNotPermitted }
        case 4, 5, 6: break
        default: throw .invalidArgument
        }
        if let same {
            ranges[same].type = type
            return
        }
        guard !ranges.contains(where: { $0.frames.overlaps(frames) }) else { throw .busy }
        guard ranges.count < Self.limit else { throw .noSpace }
        ranges.append((frames, type))
    }
}
