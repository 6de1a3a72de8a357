@testable import AuditLog
import Foundation
import TestSupport
import Testing

@Suite("Times are those of the calendar")
struct TimeStampTests {
    @Test("Dates are what Foundation makes of them, and come back")
    func calendar() throws {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        for _ in 0..<3_000 {
            // Since the Gregorian calendar began.
            let seconds = Int64(random.below(20_000_000_000)) - 10_000_000_000
            let date = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: Date(timeIntervalSince1970: Double(seconds)))
            let (year, month, day, hour, minute, second, fraction) = TimeStamp.calendar(seconds * 1_000_000 + 7)
            #expect([year, month, day, hour, minute, second] == [date.year, date.month, date.day, date.hour, date.minute, date.second].map { Int64($0 ?? 0) }, "seed \(seed)")
            #expect(fraction == 7)
            #expect(TimeStamp.microseconds(year: year, month: month, day: day, hour: hour, minute: minute, second: second) == seconds * 1_000_000)
        }
    }

    @Test("What is no time is none", arguments: [
        "2026-13-20 18:15:39", "2026-11-20 24:15:39", "2026-11-20", "2026-11-20 18:15:3", "10.8793", "10.8793291", "ffff82c48022b37", "VT-D", "",
        "99999999999999.123456", "2026-11-20 18:15:39x",
    ])
    func none(text: String) {
        let bytes = Array(text.utf8)
        #expect(TimeStamp.hypervisor(bytes.span, 0..<bytes.count) == nil)
    }
}
