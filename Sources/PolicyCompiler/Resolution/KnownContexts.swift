import Flask

/// What has a context already, found at once however much there is of it.
struct KnownContexts: Sendable {
    var interrupts: Set<UInt32> = []
    var ioMemory = DisjointRanges()
    var ioPorts = DisjointRanges()
    var pciDevices: Set<UInt32> = []
    var deviceTreeNodes: Set<Name> = []
    var filesystems: Set<Name> = []
    var interfaces: Set<Name> = []
}

/// Ranges of which no two overlap, in order.
///
/// They are kept in short pieces, so that one can come between others without many being moved.
struct DisjointRanges: Sendable {
    private static let longestPiece = 512

    /// None of them empty.
    private var pieces: [[ClosedRange<UInt64>]] = []

    /// Adds a range, unless it overlaps another, which is returned.
    mutating func insert(_ range: ClosedRange<UInt64>) -> ClosedRange<UInt64>? {
        // The first range that does not end before the new one begins.
        let piece = Self.firstIndex(in: pieces) { ($0.last?.upperBound ?? 0) >= range.lowerBound }
        guard piece < pieces.count else {
            if let last = pieces.indices.last, pieces[last].count < Self.longestPiece {
                pieces[last].append(range)
            } else {
                pieces.append([range])
            }
            return nil
        }
        let place = Self.firstIndex(in: pieces[piece]) { $0.upperBound >= range.lowerBound }
        let next = pieces[piece][place]
        if next.lowerBound <= range.upperBound { return next }
        pieces[piece].insert(range, at: place)
        if pieces[piece].count > Self.longestPiece {
            let half = pieces[piece].count / 2
            pieces.insert(Array(pieces[piece][half...]), at: piece + 1)
            pieces[piece].removeSubrange(half...)
        }
        return nil
    }

    /// The first index whose element fulfils a condition that holds for it and all that follow.
    private static func firstIndex<Element>(in elements: [Element], where holds: (Element) -> Bool) -> Int {
        var low = 0
        var high = elements.count
        while low < high {
            let middle = (low + high) / 2
            if holds(elements[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
