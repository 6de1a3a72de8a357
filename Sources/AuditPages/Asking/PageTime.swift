import AuditLog

/// Times as a form has them: UTC.
enum PageTime {
    /// As a form's field shows it.
    static func field(_ time: Int64, isEnd: Bool = false) -> String {
        let isWhole = (isEnd ? time &+ 1 : time) % 60_000_000 == 0
        return String((LogTime.date(time).timestamp ?? "").prefix(isWhole ? 16 : 19))
    }

    /// Whether a form's field can have it: the years of four digits.
    static func isWritable(_ time: Int64) -> Bool { LogTime.calendar.contains(time) }

    static func words(_ time: Int64) -> String { LogTime.date(time).text ?? "" }
}
