/// The contexts that have numbers (Xen, xen/xsm/flask/ss/sidtab.c).
struct SIDTable: Sendable {
    /// A context in sixteen bytes: most of a million contexts share their range with others.
    private struct Entry: Sendable {
        var user: UInt32
        var role: UInt32
        /// 0 where the number has no context: it was never given, or it became invalid.
        var type: UInt32
        var range: UInt32
    }

    /// No table has more: Xen's grows until its memory ends.
    static let maximumCount = 1 << 24

    /// By number; the first is nobody's.
    private var entries = ChunkedArray<Entry>()
    private var contexts = HashIndex()
    private var ranges = ChunkedArray<MLSRange>()
    private var rangePlaces = HashIndex()
    /// How many numbers have a context.
    private(set) var count = 0
    /// The number whose context those have that have none.
    private let unlabeled: SecurityIdentifier

    init(unlabeled: SecurityIdentifier) {
        self.unlabeled = unlabeled
        entries.append(Entry(user: 0, role: 0, type: 0, range: 0))
    }

    /// The number that the next new context gets.
    var next: SecurityIdentifier { SecurityIdentifier(rawValue: UInt32(entries.count)) }

    /// The context of a number, or that of unlabelled things; nil when those have none either.
    func context(of sid: SecurityIdentifier) -> SecurityContext? {
        ownContext(of: sid) ?? ownContext(of: unlabeled)
    }

    /// The context of a number itself; nil when it has none.
    func ownContext(of sid: SecurityIdentifier) -> SecurityContext? {
        guard sid.rawValue < entries.count else { return nil }
        let entry = entries[Int(sid.rawValue)]
        guard entry.type != 0 else { return nil }
        return SecurityContext(
            user: entry.user, role: entry.role, type: entry.type, range: ranges[Int(entry.range)])
    }

    /// The number of a context that has one. Of several it is the one that Xen's search meets first.
    func identifier(of context: borrowing SecurityContext) -> SecurityIdentifier? {
        guard let range = place(of: context.range) else { return nil }
        let entry = Entry(user: context.user, role: context.role, type: context.type, range: range)
        return find(entry).map { SecurityIdentifier(rawValue: UInt32($0)) }
    }

    /// The number of a context, which gets one if it has none; nil when there are too many.
    mutating func identify(_ context: borrowing SecurityContext) -> SecurityIdentifier? {
        if let known = identifier(of: context) { return known }
        guard entries.count < Self.maximumCount else { return nil }
        let sid = next
        append(context)
        return sid
    }

    /// Gives the next number to a context, whether another has it or not.
    mutating func append(_ context: borrowing SecurityContext) {
        let entry = Entry(
            user: context.user, role: context.role, type: context.type, range: keep(context.range))
        let place = entries.count
        entries.append(entry)
        count += 1
        let hash = Self.hash(entry)
        guard let other = find(entry) else {
            contexts.insert(hash: hash, place: place)
            return
        }
        // Xen walks the lists of its table, which it chooses by the number's low bits.
        if (place & Self.listMask, place) < (other & Self.listMask, other) {
            contexts.replace(hash: hash, place: other, by: place)
        }
    }

    /// Leaves the next number without a context.
    mutating func appendNothing() {
        entries.append(Entry(user: 0, role: 0, type: 0, range: 0))
    }

    /// Xen, xen/xsm/flask/ss/sidtab.h: `SIDTAB_HASH_MASK`.
    private static var listMask: Int { 127 }

    // MARK: Looking up

    private func find(_ entry: Entry) -> Int? {
        contexts.find(hash: Self.hash(entry)) { place in
            let other = entries[place]
            return entry.user == other.user && entry.role == other.role && entry.type == other.type && entry.range == other.range
        }
    }

    private static func hash(_ entry: Entry) -> Int {
        var hasher = Hasher()
        hasher.combine(UInt64(entry.user) << 32 | UInt64(entry.role))
        hasher.combine(UInt64(entry.type) << 32 | UInt64(entry.range))
        return hasher.finalize()
    }

    private func place(of range: borrowing MLSRange) -> UInt32? {
        let range = copy range
        return rangePlaces.find(hash: range.hashValue) { ranges[$0] == range }.map(UInt32.init)
    }

    private mutating func keep(_ range: borrowing MLSRange) -> UInt32 {
        if let known = place(of: range) { return known }
        ranges.append(copy range)
        rangePlaces.insert(hash: (copy range).hashValue, place: ranges.count - 1)
        return UInt32(ranges.count - 1)
    }
}
