import Arguments

/// An option about how logs are read; every command has them.
enum LogOption: CaseIterable {
    case names, zone

    var name: String {
        switch self {
        case .names: "names"
        case .zone: "utc-offset"
        }
    }

    var value: String? {
        switch self {
        case .names: "FILE"
        case .zone: "±HH:MM"
        }
    }

    var help: String {
        switch self {
        case .names: "what domains are called: what `xl list` or `xenstore-ls` prints"
        case .zone: "how far dates that name no zone are ahead of UTC (+00:00)"
        }
    }
}

extension LogOption {
    /// Microseconds of `+01:00`, `-0530` or `+2`. Throws ``UsageError`` for what is none.
    static func offset(_ value: String) throws(UsageError) -> Int64 {
        let digits = value.dropFirst().filter { $0 != ":" }
        guard let sign = value.first, "+-".contains(sign), digits.allSatisfy({ $0.isASCII && $0.isNumber }), (1...4).contains(digits.count),
            let number = Int64(digits)
        else { throw UsageError(message: "`--utc-offset` is like `+01:00`, not `\(value)`") }
        let (hours, minutes) = digits.count > 2 ? (number / 100, number % 100) : (number, 0)
        guard hours <= 14, minutes < 60 else { throw UsageError(message: "`\(value)` is no offset that there is") }
        return (sign == "-" ? -1 : 1) * (hours * 60 + minutes) * 60_000_000
    }
}
