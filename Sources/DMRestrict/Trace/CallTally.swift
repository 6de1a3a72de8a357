/// How often a call was made, and by whom.
public struct CallTally: Hashable, Sendable {
    public private(set) var count: UInt64 = 0
    /// The first few.
    public private(set) var threads: [ThreadName] = []

    private static let mostThreads = 4

    /// The name is asked for only where there is room for one.
    mutating func add(_ thread: () -> ThreadName?) {
        count &+= 1
        guard threads.count < Self.mostThreads, let name = thread(), !threads.contains(name) else { return }
        threads.append(name)
    }

    mutating func add(_ other: CallTally) {
        count &+= other.count
        for thread in other.threads where threads.count < Self.mostThreads && !threads.contains(thread) { threads.append(thread) }
    }

    /// For people.
    public var text: String {
        let names = threads.map { "`\($0)`" }.joined(separator: ", ")
        return "seen \(count == 1 ? "once" : "\(count) times")" + (names.isEmpty ? "" : ", by thread \(names)")
    }
}
