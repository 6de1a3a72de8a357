/// Times as a person writes them: UTC.
extension LogTime {
    /// Microseconds since 1970 of `2026-11-20`, `2026-11-20T18:15` and `2026-11-20T18:15:39`, and how long what it names is: a day, a minute, a second.
    /// Nil for what is none of these.
    public static func stretch(named text: [UInt8]) -> (start: Int64, length: Int64)? {
        let parts = text.split(whereSeparator: { $0 == UInt8(ascii: "T") || $0 == UInt8(ascii: " ") })
        guard let day = parts.first, parts.count <= 2 else { return nil }
        let date = numbers(day, UInt8(ascii: "-"))
        guard date.count == 3, (1...9_999).contains(date[0]), (1...12).contains(date[1]), (1...31).contains(date[2]) else { return nil }
        let days = Self.days(date[0], date[1], date[2]) * 86_400
        guard parts.count == 2 else { return (days * 1_000_000, 86_400_000_000) }
        let clock = numbers(parts[1], UInt8(ascii: ":"))
        guard (2...3).contains(clock.count), clock[0] < 24, clock[1] < 60, clock.count == 2 || clock[2] < 60 else { return nil }
        let second = days + clock[0] * 3_600 + clock[1] * 60 + (clock.count == 3 ? clock[2] : 0)
        return (second * 1_000_000, clock.count == 3 ? 1_000_000 : 60_000_000)
    }

    private static func numbers(_ text: ArraySlice<UInt8>, _ separator: UInt8) -> [Int64] {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in
            (1...4).contains(part.count) && part.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") } ? Int64(String(decoding: part, as: UTF8.self)) : nil
        }
        return numbers.count == parts.count ? numbers : []
    }

    /// Days since 1970 by the calendar of today, whenever that is. Years begin with March here, so that a leap day is the last of its year.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = year / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
