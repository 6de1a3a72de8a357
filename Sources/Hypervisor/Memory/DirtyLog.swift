/// Which frames of a domain were written to: for who saves it while it runs, and for who shows its screen (Xen,
/// xen/arch/x86/mm/paging.c, xen/arch/x86/mm/hap/hap.c). The two are kept apart, so that who stops one does not stop the other.
struct DirtyLog: Sendable {
    /// So many frames stand on a page of the log.
    private static let framesOfLeaf: UInt64 = 4_096 * 8
    /// More pages of the log are not made, wherever somebody moves memory to.
    private static let mostLeaves = 4_096

    /// Whether all writes are kept account of (`XEN_DOMCTL_SHADOW_OP_ENABLE_LOGDIRTY`).
    private(set) var isEnabled = false
    /// How many frames were written to since the log was cleaned.
    private(set) var count: UInt64 = 0
    /// Whether there was no room for some frame: the log is not whole then.
    private(set) var isIncomplete = false
    /// The frames of the screen.
    private(set) var video: Range<UInt64>?
    private var videoWrites: [UInt8] = []
    private var leaves: [UInt64: [UInt64]] = [:]

    // MARK: The log

    /// Begins with an empty log.
    mutating func enable() {
        clean()
        isEnabled = true
    }

    mutating func disable() {
        clean()
        isEnabled = false
    }

    mutating func clean() {
        leaves = [:]
        count = 0
        isIncomplete = false
    }

    /// Puts a frame into the log, where there is one (Xen: `paging_mark_pfn_dirty`).
    mutating func mark(_ frame: UInt64) {
        guard isEnabled else { return }
        let (number, index) = (frame / Self.framesOfLeaf, Int(frame % Self.framesOfLeaf))
        if leaves[number] == nil {
            guard leaves.count < Self.mostLeaves else { return isIncomplete = true }
            leaves[number] = [UInt64](repeating: 0, count: Int(Self.framesOfLeaf / 64))
        }
        let bit: UInt64 = 1 << UInt64(index % 64)
        guard let word = leaves[number]?[index / 64], word & bit == 0 else { return }
        leaves[number]?[index / 64] = word | bit
        count += 1
    }

    func contains(_ frame: UInt64) -> Bool {
        guard let leaf = leaves[frame / Self.framesOfLeaf] else { return false }
        let index = Int(frame % Self.framesOfLeaf)
        return leaf[index / 64] >> UInt64(index % 64) & 1 == 1
    }

    /// The frame behind the highest page of the log.
    var end: UInt64 { leaves.keys.max().map { ($0 + 1) * Self.framesOfLeaf } ?? 0 }

    /// A page of the log as bytes, a bit for each frame: all that has bits lies in such pages. Nil for one without any.
    func page(_ number: UInt64) -> [UInt8]? {
        leaves[number].map { words in
            var page = ABIStructure(size: words.count * 8)
            for (index, word) in words.enumerated() where word != 0 { page.set(word, at: index * 8) }
            return page.bytes
        }
    }

    // MARK: The screen

    /// Puts a frame into the screen's account, where it is one of the screen.
    mutating func markVideo(_ frame: UInt64) {
        guard let video, video.contains(frame) else { return }
        let index = Int(frame - video.lowerBound)
        videoWrites[index / 8] |= 1 << UInt8(index % 8)
    }

    /// Keeps account of a screen's frames: a bit for each, of those that were written to since the last time. All of them,
    /// where others were looked at before (Xen: `hap_track_dirty_vram`).
    mutating func takeVideoWrites(_ first: UInt64, _ count: UInt32) -> [UInt8] {
        let size = (Int(count) + 7) / 8
        let (end, overflows) = first.addingReportingOverflow(UInt64(count))
        let range = first..<(overflows ? .max : end)
        defer { videoWrites = [UInt8](repeating: 0, count: size) }
        guard video != range else { return videoWrites }
        video = range
        return [UInt8](repeating: 0xff, count: size)
    }

    mutating func stopVideo() {
        video = nil
        videoWrites = []
    }

    /// Whether writes to a frame are looked for, so that it is memory of another kind (Xen: `p2m_ram_logdirty`).
    func watches(_ frame: UInt64) -> Bool { isEnabled || video?.contains(frame) == true }
}
