/// What is kept of a program's words, which may be without end: the first of them, and the last. Where some are left out between, that
/// is said, and how many.
public struct BoundedLog: Sendable {
    /// What is done with the file.
    public enum Change: Hashable, Sendable {
        case append([UInt8])
        /// It is cut to so many bytes, and goes on with these.
        case restart(at: Int, [UInt8])
    }

    /// How many bytes are kept from the beginning, and at least how many of the last ones; of these there are up to twice as many.
    public static let first = 1 << 20
    public static let last = 1 << 16

    /// Where the last ones begin in the file, once there are more than the first.
    private var start: Int?
    /// The last of those behind that place, and how many there were.
    private var recent: [UInt8] = []
    private var count: UInt64 = 0

    private let first: Int
    private let last: Int

    /// With so many bytes kept of the first and at least of the last, where that is not as usual.
    public init(first: Int = BoundedLog.first, last: Int = BoundedLog.last) {
        self.first = first
        self.last = last
    }

    /// Whether no more than the last words are kept from now on.
    public var isFull: Bool { start != nil }

    /// Takes words in, where the file has a size: others may write to it as well.
    public mutating func take(_ bytes: [UInt8], size: Int) -> [Change] {
        var rest = bytes[...]
        var changes: [Change] = []
        var size = size
        if start == nil {
            let fitting = rest.prefix(max(0, first - size))
            if !fitting.isEmpty { changes.append(.append(Array(fitting))) }
            rest = rest.dropFirst(fitting.count)
            size += fitting.count
            guard !rest.isEmpty else { return changes }
            start = size
        }
        guard let start else { return changes }
        recent += rest
        if recent.count > last { recent.removeFirst(recent.count - last) }
        count &+= UInt64(rest.count)
        if size - start + rest.count <= 2 * last {
            changes.append(.append(Array(rest)))
        } else {
            let note = "\nxsm-launch: here \(count - UInt64(recent.count)) bytes are left out\n"
            changes.append(.restart(at: start, Array(note.utf8) + recent))
        }
        return changes
    }
}
