/// Asks the servers of an address, one after the other until one answers.
struct ClickHouseConnection {
    let address: ClickHouseAddress
    private let credentials: Credentials
    /// Which of the hosts answered last: it is asked first.
    private(set) var preferred = 0
    /// Hosts that do not know a setting that newer servers have.
    private var older: Set<Int> = []

    /// How long an answer to a question may be, in bytes, and one that says little or nothing.
    static let answerLimit = 1 << 28
    static let briefLimit = 1 << 20
    /// No text of a question is longer: that is what servers take.
    static let questionLimit = 200_000

    init(_ address: ClickHouseAddress, _ credentials: Credentials) throws(ClickHouseFailure) {
        var credentials = credentials
        if let user = address.user {
            guard credentials.user == nil || credentials.user == user else {
                throw ClickHouseFailure(.refused, "the address names another user than the file of credentials: leave one of them out")
            }
            credentials.user = user
        }
        self.address = address
        self.credentials = credentials
    }

    /// Carries out a statement without a result, or an insertion with its rows; or asks a question.
    ///
    /// - Parameters:
    ///   - settings: the server's, beside the statement.
    ///   - newer: settings that are left out where a server does not know them.
    ///   - limit: how long the answer may be.
    ///   - isInDatabase: false for what makes the database.
    mutating func ask(
        _ statement: String, rows: [UInt8]? = nil, settings: [String: String] = [:], newer: [String: String] = [:],
        limit: Int = ClickHouseConnection.answerLimit, isInDatabase: Bool = true, seconds: Int = 120
    ) throws(ClickHouseFailure) -> [UInt8] {
        var parameters = settings
        // An answer comes whole, or as a failure.
        parameters["wait_end_of_query"] = "1"
        if isInDatabase { parameters["database"] = address.database }
        if rows != nil { parameters["query"] = statement }
        var failure = ClickHouseFailure(.unreachable, "the address names no host")
        for offset in address.hosts.indices {
            let place = (preferred + offset) % address.hosts.count
            do throws(ClickHouseFailure) {
                let answer = try ask(place, rows ?? Array(statement.utf8), parameters, newer, limit, seconds)
                preferred = place
                return answer
            } catch {
                failure = error
                // Another may be better off, where this one is busy.
                guard [.unreachable, .busy, .shardsMissing].contains(failure.reason) else { throw failure }
            }
        }
        throw failure
    }

    /// Asks one of the hosts.
    private mutating func ask(
        _ place: Int, _ body: [UInt8], _ parameters: [String: String], _ newer: [String: String], _ limit: Int, _ seconds: Int
    ) throws(ClickHouseFailure) -> [UInt8] {
        let settings = older.contains(place) ? parameters : parameters.merging(newer) { one, _ in one }
        let words = settings.sorted { $0.key < $1.key }.map { Self.escaped($0.key) + "=" + Self.escaped($0.value) }
        var request = HTTPRequest(
            .post, "http\(address.isSecure ? "s" : "")://\(address.hosts[place])/?" + words.joined(separator: "&"), credentials: credentials, body: body)
        request.connectSeconds = 5
        request.seconds = seconds
        request.answerLimit = limit
        do throws(ClickHouseFailure) {
            return try Self.answer(to: request)
        } catch {
            // Behind a failure another may answer there.
            let wasOlder = older.remove(place) != nil
            guard error.reason == .unknownSetting, !newer.isEmpty, !wasOlder else { throw error }
            older.insert(place)
            return try ask(place, body, parameters, newer, limit, seconds)
        }
    }

    private static func answer(to request: HTTPRequest) throws(ClickHouseFailure) -> [UInt8] {
        let answer: HTTPAnswer
        do {
            answer = try request.answer()
        } catch {
            throw ClickHouseFailure(error)
        }
        guard answer.status == 200 else { throw ClickHouseFailure(answer) }
        return answer.body
    }

    /// Text as a part of a URL.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"),
                UInt8(ascii: "-"), UInt8(ascii: "."):
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                escaped += (digits.count < 2 ? "%0" : "%") + digits
            }
        }
        return escaped
    }
}
