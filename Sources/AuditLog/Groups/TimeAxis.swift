/// Equal stretches of time, side by side, as many as a small plot shows: they grow when time goes beyond them.
public struct TimeAxis: Hashable, Sendable {
    /// How many stretches there are.
    public static let count = 64

    /// Where the first begins, in microseconds.
    public private(set) var start: Int64
    /// How long each is, in microseconds: a second, doubled as often as need be.
    public private(set) var width: Int64

    /// Times beyond this many microseconds, which is 36,000 years, have no place.
    private static let limit: Int64 = 1 << 60

    /// The axis of one time.
    public init(_ time: Int64) {
        width = 1_000_000
        start = Self.floor(max(-Self.limit, min(Self.limit, time)), 1_000_000)
    }

    /// The axis on which all of a range has a place, as far as any axis goes.
    public init(_ range: ClosedRange<Int64>) {
        self.init(range.lowerBound)
        _ = reach(range.upperBound)
    }

    /// The place of a time; nil when it is beyond the axis.
    public func place(of time: Int64) -> Int? {
        guard time >= start else { return nil }
        let (distance, overflow) = time.subtractingReportingOverflow(start)
        guard !overflow else { return nil }
        let place = distance / width
        return place < Int64(Self.count) ? Int(place) : nil
    }

    /// Doubles the stretches until a time is among them. What was counted in the old ones is then to be counted anew by ``Fold``; nil when the time is too far
    /// away for any axis.
    mutating func reach(_ time: Int64) -> Fold? {
        guard -Self.limit...Self.limit ~= time else { return nil }
        var axis = self
        // The old stretches are to have their place too.
        let end = start &+ width * Int64(Self.count) - 1
        while axis.place(of: time) == nil || axis.place(of: end) == nil {
            guard axis.width < 1 << 54 else { return nil }
            axis.width *= 2
            axis.start = Self.floor(min(start, time), axis.width)
        }
        defer { self = axis }
        return Fold(old: self, new: axis)
    }

    /// How counts move from one axis to another that holds it.
    struct Fold {
        let old: TimeAxis
        let new: TimeAxis

        func callAsFunction(_ counts: inout [UInt32]) {
            var folded = [UInt32](repeating: 0, count: TimeAxis.count)
            for (place, count) in counts.enumerated() where count > 0 {
                let time = old.start &+ Int64(place) &* old.width
                if let place = new.place(of: time) { folded[place] = folded[place].addingReportingOverflow(count).overflow ? .max : folded[place] + count }
            }
            counts = folded
        }
    }

    private static func floor(_ time: Int64, _ width: Int64) -> Int64 {
        let rest = time % width
        return rest < 0 ? time - rest - width : time - rest
    }
}
