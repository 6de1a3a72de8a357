/// Times as logs write them.
enum TimeStamp {
    /// What the hypervisor puts between `[` and `]` behind `(XEN) `; nil when it is none of its own (xen/drivers/char/console.c:
    /// `printk_start_of_line`).
    static func hypervisor(_ line: Span<UInt8>, _ range: Range<Int>) -> LogTime? {
        var place = range.lowerBound
        while place < range.upperBound, line[place] == UInt8(ascii: " ") { place += 1 }
        let start = place
        var number: UInt64 = 0
        while place < range.upperBound, let digit = digit(line[place]), place - start < 16 {
            number = number &* 10 &+ digit
            place += 1
        }
        if place < range.upperBound, line[place] == UInt8(ascii: "."), place > start, place - start <= 12 {
            // Seconds and microseconds.
            var fraction: UInt64 = 0
            let point = place + 1
            place = point
            while place < range.upperBound, let digit = digit(line[place]) {
                fraction = fraction &* 10 &+ digit
                place += 1
            }
            return place == range.upperBound && place - point == 6 ? .sinceStart(number * 1_000_000 + fraction) : nil
        }
        if range.count == 16, start == range.lowerBound {
            var counter: UInt64 = 0
            for index in range {
                guard let digit = hexadecimalDigit(line[index]) else { return nil }
                counter = counter << 4 | digit
            }
            return .cycles(counter)
        }
        guard place - start == 4 else { return nil }
        var end = start
        guard let date = date(line, &end, limit: range.upperBound, requiresZone: false), end == range.upperBound else { return nil }
        return .date(date)
    }

    /// A date and time as ISO 8601 has them, with a blank or `T` between, a fraction and a zone where there are any; without a zone it is UTC.
    /// Microseconds since 1970.
    static func date(_ line: Span<UInt8>, _ place: inout Int, limit: Int, requiresZone: Bool) -> Int64? {
        let limit = min(limit, line.count)
        // Its parts have their places: nothing here is a closure, which would cost as much as all the rest.
        guard limit - place >= 19, line[place + 4] == UInt8(ascii: "-"), line[place + 7] == UInt8(ascii: "-"),
            line[place + 10] == UInt8(ascii: "T") || line[place + 10] == UInt8(ascii: " "), line[place + 13] == UInt8(ascii: ":"),
            line[place + 16] == UInt8(ascii: ":"), let century = twoDigits(line, place), let year = twoDigits(line, place + 2),
            let month = twoDigits(line, place + 5), let day = twoDigits(line, place + 8), let hour = twoDigits(line, place + 11),
            let minute = twoDigits(line, place + 14), let second = twoDigits(line, place + 17),
            let time = microseconds(year: century * 100 + year, month: month, day: day, hour: hour, minute: minute, second: second)
        else { return nil }
        var next = place + 19
        var result = time
        if next < limit, line[next] == UInt8(ascii: ".") || line[next] == UInt8(ascii: ","), next + 1 < limit, digit(line[next + 1]) != nil {
            next += 1
            var unit: Int64 = 100_000
            while next < limit, let digit = digit(line[next]) {
                result += Int64(digit) * unit
                unit /= 10
                next += 1
            }
        }
        if next < limit, line[next] == UInt8(ascii: "Z") {
            next += 1
        } else if next < limit, line[next] == UInt8(ascii: "+") || line[next] == UInt8(ascii: "-") {
            let sign: Int64 = line[next] == UInt8(ascii: "+") ? 1 : -1
            guard next + 3 <= limit, let hours = twoDigits(line, next + 1) else { return nil }
            next += 3
            if next < limit, line[next] == UInt8(ascii: ":") { next += 1 }
            var minutes: Int64 = 0
            if next + 2 <= limit, let number = twoDigits(line, next) {
                minutes = number
                next += 2
            }
            result -= sign * (hours * 3_600 + minutes * 60) * 1_000_000
        } else if requiresZone {
            return nil
        }
        place = next
        return result
    }

    /// A number of two digits, which are within the line.
    @inline(__always)
    private static func twoDigits(_ line: Span<UInt8>, _ place: Int) -> Int64? {
        guard let high = digit(line[place]), let low = digit(line[place + 1]) else { return nil }
        return Int64(high * 10 + low)
    }

    /// The date of the older syslog, `Nov 20 18:15:39`, in a year. UTC, as it does not say which zone.
    static func syslog(_ line: Span<UInt8>, _ place: inout Int, year: Int64) -> Int64? {
        guard place + 15 <= line.count, let month = month(line, place), line[place + 3] == UInt8(ascii: " ") else { return nil }
        func two(_ at: Int) -> Int64? {
            guard let low = digit(line[place + at + 1]) else { return nil }
            if line[place + at] == UInt8(ascii: " "), at == 4 { return Int64(low) }
            return digit(line[place + at]).map { Int64($0 * 10 + low) }
        }
        guard let day = two(4), line[place + 6] == UInt8(ascii: " "), let hour = two(7), line[place + 9] == UInt8(ascii: ":"), let minute = two(10),
            line[place + 12] == UInt8(ascii: ":"), let second = two(13),
            let time = microseconds(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        else { return nil }
        place += 15
        return time
    }

    private static let months: [StaticString] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func month(_ line: Span<UInt8>, _ place: Int) -> Int64? {
        guard line[place] >= UInt8(ascii: "A"), line[place] <= UInt8(ascii: "S") else { return nil }
        return months.firstIndex { line.has($0, at: place) }.map { Int64($0 + 1) }
    }

    /// Days are those of the Gregorian calendar, before its time too. Nil for what is no time.
    static func microseconds(year: Int64, month: Int64, day: Int64, hour: Int64, minute: Int64, second: Int64) -> Int64? {
        guard 1...9_999 ~= year, 1...12 ~= month, 1...31 ~= day, 0...23 ~= hour, 0...59 ~= minute, 0...60 ~= second else { return nil }
        // Years that begin in March have their odd day at the end.
        let marchYear = month > 2 ? year : year - 1
        let era = marchYear >= 0 ? marchYear / 400 : (marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        return (days * 86_400 + hour * 3_600 + minute * 60 + second) * 1_000_000
    }

    /// The calendar's date and time of microseconds since 1970.
    static func calendar(_ microseconds: Int64) -> (year: Int64, month: Int64, day: Int64, hour: Int64, minute: Int64, second: Int64, fraction: Int64) {
        func floored(_ value: Int64, _ by: Int64) -> (Int64, Int64) {
            let (quotient, remainder) = value.quotientAndRemainder(dividingBy: by)
            return remainder < 0 ? (quotient - 1, remainder + by) : (quotient, remainder)
        }
        let (seconds, fraction) = floored(microseconds, 1_000_000)
        let (days, ofDay) = floored(seconds, 86_400)
        let (era, dayOfEra) = floored(days + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1, ofDay / 3_600, ofDay / 60 % 60, ofDay % 60, fraction
        )
    }

    @inline(__always)
    private static func digit(_ byte: UInt8) -> UInt64? {
        let value = byte &- UInt8(ascii: "0")
        return value < 10 ? UInt64(value) : nil
    }

    private static func hexadecimalDigit(_ byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
        default: nil
        }
    }
}
