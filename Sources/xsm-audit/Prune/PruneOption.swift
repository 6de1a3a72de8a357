import Arguments

/// An option of `xsm-audit prune`.
enum PruneOption: CommandOption {
    case store, keep, size

    var letter: Character? { nil }

    var name: String? {
        switch self {
        case .store: "store"
        case .keep: "keep"
        case .size: "size"
        }
    }

    var value: String? {
        switch self {
        case .store: "FILE"
        case .keep: "AGE"
        case .size: "SIZE"
        }
    }

    var help: String {
        switch self {
        case .store: "the database"
        case .keep: "how long decisions are kept: `90m`, `12h`, `30d`, `8w`"
        case .size: "how large the database may be, in bytes: `500M`, `1G`"
        }
    }
}

extension PruneOption {
    /// Microseconds.
    static func age(_ value: String) throws(UsageError) -> Int64 {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800]
        guard let unit = value.last.flatMap({ units[$0] }), let age = product(value.dropLast(), unit * 1_000_000) else {
            throw UsageError(message: "`--keep` is a number and one of `s`, `m`, `h`, `d` and `w`, like `30d`, not `\(value)`")
        }
        return age
    }

    /// Bytes.
    static func size(_ value: String) throws(UsageError) -> Int64 {
        let units: [Character: Int64] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40]
        let unit = value.last.flatMap { units[$0] }
        guard let size = product(unit == nil ? value[...] : value.dropLast(), unit ?? 1) else {
            throw UsageError(message: "`--size` is a number of bytes, with `K`, `M`, `G` or `T` behind it or not, not `\(value)`")
        }
        return size
    }

    private static func product(_ digits: Substring, _ unit: Int64) -> Int64? {
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int64(digits) else { return nil }
        let (product, isBeyond) = number.multipliedReportingOverflow(by: unit)
        return isBeyond ? nil : product
    }
}
