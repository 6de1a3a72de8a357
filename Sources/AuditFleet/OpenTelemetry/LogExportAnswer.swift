internal import JSON

/// What a receiver of OTLP answers (OTLP 1.x, `OTLP/HTTP Response`).
enum LogExportAnswer: Hashable {
    /// It has them, but for so many that it dropped; and its words, of these or otherwise.
    case kept(rejected: UInt64, words: String)
    /// Not now; after so many seconds, where it says that.
    case busy(retrySeconds: Int?, String)
    /// So much at once is too much.
    case tooLarge(String)
    case refused(String)
    case garbled(String)

    init(_ answer: HTTPAnswer) {
        let words = "\(answer.status)" + (answer.body.isEmpty ? "" : ": " + Self.words(answer))
        switch answer.status {
        case 200..<300: self = Self.success(answer)
        case 413: self = .tooLarge(words)
        // No others may be tried again, says the protocol.
        case 429, 502, 503, 504: self = .busy(retrySeconds: answer.retrySeconds, words)
        case 300..<400: self = .refused("\(answer.status): it sends elsewhere, which is not followed: give the address that is meant")
        default: self = .refused(words)
        }
    }

    private static func success(_ answer: HTTPAnswer) -> LogExportAnswer {
        // Some keep everything and have no words for it.
        if answer.body.allSatisfy({ [0x20, 0x09, 0x0A, 0x0D].contains($0) }) { return .kept(rejected: 0, words: "") }
        guard let value = try? JSONValue(parsing: answer.body), value.object != nil else {
            return .garbled("\(answer.status), and not as OTLP has it: \(answer.excerpt(100))")
        }
        guard let partial = value["partialSuccess"], partial != .null else { return .kept(rejected: 0, words: "") }
        let words = HTTPAnswer(status: 0, body: Array((partial["errorMessage"]?.string ?? "").utf8)).excerpt()
        switch partial["rejectedLogRecords"] {
        case nil, .null?: return .kept(rejected: 0, words: words)
        case .integer(let count)?: return .kept(rejected: UInt64(clamping: count), words: words)
        case .string(let digits)?:
            guard let count = Int64(digits) else { return .garbled("it says no number of records that it rejected") }
            return .kept(rejected: UInt64(clamping: count), words: words)
        default: return .garbled("it says no number of records that it rejected")
        }
    }

    /// The message of a status in JSON, or what there is.
    private static func words(_ answer: HTTPAnswer) -> String {
        guard let message = (try? JSONValue(parsing: answer.body))?["message"]?.string, !message.isEmpty else { return answer.excerpt() }
        return HTTPAnswer(status: 0, body: Array(message.utf8)).excerpt()
    }
}
