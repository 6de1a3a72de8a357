/// Finds the beginning of a log in what is stored, in one pass over that: where it is whole, and how much of it the stored records end with
/// (Knuth, Morris, Pratt).
struct OverlapMatcher {
    /// Fingerprints of the log's records, from its first.
    private let pattern: [UInt64]
    /// For each length that may match: the longest shorter one that may still.
    private var shorter: [Int32]
    /// How many records of the log's beginning the records that were fed end with.
    private(set) var length = 0

    init(_ pattern: [UInt64]) {
        self.pattern = pattern
        shorter = [Int32](repeating: 0, count: pattern.count + 1)
        var known = 0
        for index in pattern.indices.dropFirst() {
            while known > 0, pattern[known] != pattern[index] { known = Int(shorter[known]) }
            if pattern[known] == pattern[index] { known += 1 }
            shorter[index + 1] = Int32(truncatingIfNeeded: known)
        }
    }

    /// Takes the next stored record; whether the whole beginning ends with it.
    @inline(__always)
    mutating func feed(_ print: UInt64) -> Bool {
        if length == pattern.count { length = Int(shorter[length]) }
        while length > 0, pattern[length] != print { length = Int(shorter[length]) }
        if length < pattern.count, pattern[length] == print { length += 1 }
        return length == pattern.count && length > 0
    }

    /// What follows does not follow what was fed.
    mutating func interrupt() { length = 0 }
}
