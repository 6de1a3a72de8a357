import Flask

/// What a domain's frames are, as far as its device model may know and change, and which were written to (Xen,
/// xen/arch/x86/mm/p2m.c).
struct GuestPageTypes: Sendable {
    enum Kind: UInt8, Hashable, Sendable, CaseIterable {
        case ram = 0
        case readOnly = 1
        /// Nothing is there, or somebody emulates it.
        case hole = 2
        /// Writes go to an ioreq server.
        case served = 3
        case paged = 4
        case shared = 5

        var isRAM: Bool { self != .hole }

        /// Whether the device model may make one of the other (Xen, xen/arch/x86/hvm/dm.c: `allow_p2m_type_change`).
        func mayBecome(_ new: Kind) -> Bool {
            if new == .served { return self == .ram }
            if self == .served { return new == .ram }
            return isRAM || new == .hole
        }
    }

    private static let chunkSize: UInt64 = 64
    private static let kindMask: UInt8 = 0x0f
    private static let logBit: UInt8 = 0x80
    /// No frame has a higher number.
    static let frameLimit: UInt64 = 1 << 36

    /// Frames below are memory unless something else is said of them.
    var memoryEnd: UInt64 = 0
    /// Whether all writes are kept account of.
    var isLoggingDirty = false
    /// The frames whose writes are kept account of for a screen.
    private(set) var video: Range<UInt64>?
    private var videoWrites: [UInt8] = []
    /// How many frames are an ioreq server's.
    private(set) var servedCount = 0
    private var highest: UInt64 = 0
    private var chunks: [UInt64: [UInt8]] = [:]

    /// The highest frame that there is (Xen: `domain_get_maximum_gpfn`).
    var maximumFrame: UInt64 { max(memoryEnd == 0 ? 0 : memoryEnd - 1, highest) }

    private func byte(_ frame: UInt64) -> UInt8 {
        if let chunk = chunks[frame / Self.chunkSize] { return chunk[Int(frame % Self.chunkSize)] }
        return frame < memoryEnd ? Kind.ram.rawValue : Kind.hole.rawValue
    }

    private mutating func set(_ byte: UInt8, _ frame: UInt64) {
        let (number, index) = (frame / Self.chunkSize, Int(frame % Self.chunkSize))
        if chunks[number] == nil {
            let start = number * Self.chunkSize
            chunks[number] = (0..<Self.chunkSize).map { start + $0 < memoryEnd ? Kind.ram.rawValue : Kind.hole.rawValue }
        }
        chunks[number]?[index] = byte
    }

    subscript(frame: UInt64) -> Kind {
        get { Kind(rawValue: byte(frame) & Self.kindMask) ?? .hole }
        set {
            let old = byte(frame)
            guard old & Self.kindMask != newValue.rawValue else { return }
            if old & Self.kindMask == Kind.served.rawValue { servedCount -= 1 }
            if newValue == .served { servedCount += 1 }
            set(old & ~Self.kindMask | newValue.rawValue, frame)
        }
    }

    /// Makes memory again of what is an ioreq server's, from a frame on.
    mutating func endService(from first: UInt64) {
        guard servedCount > 0 else { return }
        for number in chunks.keys where (number + 1) * Self.chunkSize > first {
            for frame in max(first, number * Self.chunkSize)..<(number + 1) * Self.chunkSize where self[frame] == .served {
                self[frame] = .ram
            }
        }
    }

    /// Moves memory. Throws `EINVAL` where there is none.
    mutating func move(_ frame: UInt64, to new: UInt64) throws(XenErrorNumber) {
        guard new < Self.frameLimit, frame < Self.frameLimit, self[frame].isRAM else { throw .invalidArgument }
        guard self[frame] != .shared else { throw .outOfMemory }
        guard frame != new else { return }
        self[frame] = .hole
        self[new] = .ram
        highest = max(highest, new)
    }

    // MARK: Writes

    /// Somebody writes to a frame.
    mutating func write(_ frame: UInt64) {
        guard self[frame].isRAM else { return }
        if let video, video.contains(frame) {
            let index = Int(frame - video.lowerBound)
            videoWrites[index / 8] |= 1 << UInt8(index % 8)
        }
        if isLoggingDirty, !isDirty(frame) { set(byte(frame) | Self.logBit, frame) }
    }

    func isDirty(_ frame: UInt64) -> Bool { byte(frame) & Self.logBit != 0 }

    /// Keeps account of a screen's frames: a bit for each, of those that were written to since the last time. All of them,
    /// where others were looked at before.
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
}
