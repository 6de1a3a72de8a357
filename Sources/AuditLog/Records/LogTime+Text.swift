extension LogTime {
    /// For people: `2026-11-20 18:15:39`, UTC; seconds since the hypervisor's start as `+10.879 s`; nil when it is not known.
    public var text: String? {
        switch self {
        case .unknown: return nil
        case .sinceStart(let time):
            let milliseconds = time / 1_000
            return "+\(milliseconds / 1_000).\(Self.digits(Int64(milliseconds % 1_000), 3)) s"
        case .cycles(let count): return "0x" + String(count, radix: 16) + " cycles"
        case .date(let time):
            let date = TimeStamp.calendar(time)
            return "\(Self.day(date.year, date.month, date.day)) \(Self.digits(date.hour, 2)):\(Self.digits(date.minute, 2)):\(Self.digits(date.second, 2))"
        }
    }

    /// For programs: RFC 3339 with microseconds; nil for what is no date.
    public var timestamp: String? {
        guard case .date(let time) = self else { return nil }
        let date = TimeStamp.calendar(time)
        let clock = "\(Self.digits(date.hour, 2)):\(Self.digits(date.minute, 2)):\(Self.digits(date.second, 2))"
        return "\(Self.day(date.year, date.month, date.day))T\(clock).\(Self.digits(date.fraction, 6))Z"
    }

    private static func day(_ year: Int64, _ month: Int64, _ day: Int64) -> String { "\(digits(year, 4))-\(digits(month, 2))-\(digits(day, 2))" }

    private static func digits(_ number: Int64, _ count: Int) -> String {
        let text = String(number.magnitude)
        return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, count - text.count)) + text
    }
}
