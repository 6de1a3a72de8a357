internal import AuditStore

/// Why a ClickHouse server did not do what it was asked.
struct ClickHouseFailure: Error, Hashable {
    enum Reason: Hashable {
        case unreachable
        /// Another server, or a later time, may be better.
        case busy
        /// Some of the servers that it asks in turn do not answer.
        case shardsMissing
        case noDatabase
        case noTables
        /// It is too old for a setting.
        case unknownSetting
        case refused
        case untrusted
        case garbled
        /// Its tables are of a newer program.
        case newer
    }

    var reason: Reason
    var detail: String

    init(_ reason: Reason, _ detail: String) {
        self.reason = reason
        self.detail = detail
    }

    init(_ failure: HTTPFailure) {
        switch failure.reason {
        case .noProgram, .unreachable: reason = .unreachable
        case .unusable: reason = .refused
        case .untrusted: reason = .untrusted
        case .garbled, .tooLarge: reason = .garbled
        }
        detail = failure.detail
    }

    /// What an answer of another status than 200 says: `Code: 60, e.displayText() = …` of old servers, `Code: 60. DB::Exception: …` of new ones.
    init(_ answer: HTTPAnswer) {
        let code = Self.code(answer.body)
        switch code {
        case 192, 193, 194, 516: reason = .refused
        case 81: reason = .noDatabase
        case 60: reason = .noTables
        case 115: reason = .unknownSetting
        // A server that it asks did not answer, or went away over it.
        case 32, 101, 102, 209, 210, 279: reason = .shardsMissing
        // Too many queries or parts, no memory, no room, no time, a quota used up until its hour ends, a server that ends or is overloaded, a
        // connection lost, Keeper away, replicas away, read-only after a lost session, an insertion of which nobody knows.
        case 95, 96, 159, 198, 201, 202, 203, 225, 236, 241, 242, 243, 244, 252, 254, 285, 286, 319, 394, 439, 745, 999: reason = .busy
        case .some: reason = .refused
        case nil: reason = answer.status == 503 || answer.status == 502 || answer.status == 504 || answer.status == 429 ? .busy : .garbled
        }
        detail = code == nil ? "HTTP status \(answer.status): \(answer.excerpt(200))" : answer.excerpt(250)
    }

    /// The number behind `Code: `, with which the text begins.
    private static func code(_ body: [UInt8]) -> Int? {
        let words = Array("Code: ".utf8)
        guard body.starts(with: words) else { return nil }
        let digits = body.dropFirst(words.count).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return digits.count < 6 ? Int(String(decoding: digits, as: UTF8.self)) : nil
    }

    static let creation = "`xsm-audit ship --create` makes them"

    /// The same for who asks.
    func storeError(_ address: ClickHouseAddress) -> StoreError {
        let reason: StoreError.Reason =
            switch reason {
            case .unreachable, .shardsMissing: .unreachable
            case .busy: .busy
            case .noDatabase, .noTables, .unknownSetting, .refused: .refused
            case .untrusted: .untrusted
            case .garbled: .garbled
            case .newer: .newer
            }
        return StoreError(reason, path: address.name, detail: words)
    }

    /// The same for who sends.
    func shippingFailure(_ address: ClickHouseAddress) -> ShippingFailure {
        let reason: ShippingFailure.Reason =
            switch reason {
            case .unreachable: .unreachable
            case .busy, .shardsMissing: .busy
            case .noDatabase, .noTables, .unknownSetting, .refused, .newer: .refused
            case .untrusted: .untrusted
            case .garbled: .garbled
            }
        return ShippingFailure(reason, destination: address.name, detail: words)
    }

    private var words: String {
        switch reason {
        case .noDatabase: "there is no such database: \(Self.creation) with the database; it answered: \(detail)"
        case .noTables: "the database has no tables of xsm-audit's: \(Self.creation); it answered: \(detail)"
        default: detail
        }
    }
}
