/// What a run of curl's says of a request.
struct CurlReport {
    /// How the line begins by which curl tells an answer's status.
    static let mark = "xsm-status"

    private let run: ProgramRun
    private var status: Int?
    private var retrySeconds: Int?
    /// Curl's own words.
    private var words = ""

    init(_ run: ProgramRun) {
        self.run = run
        for line in run.errors.split(separator: 0x0A) {
            let fields = line.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
            if fields.first == Self.mark {
                status = fields.count > 1 ? Int(fields[1]) : nil
                retrySeconds = fields.count == 3 ? Int(fields[2]).flatMap { $0 >= 0 ? $0 : nil } : nil
            } else if words.isEmpty {
                words = HTTPAnswer(status: 0, body: Array(line)).excerpt()
            }
        }
    }

    func answer(to request: HTTPRequest) throws(HTTPFailure) -> HTTPAnswer {
        switch run.end {
        case .tooMuch: throw HTTPFailure(.tooLarge, "the answer is longer than \(request.answerLimit) bytes")
        case .tooLong: throw HTTPFailure(.unreachable, "no answer within \(request.seconds) seconds, and curl did not end by itself")
        case .signal(let number): throw HTTPFailure(.unreachable, "curl was ended by signal \(number)")
        case .unknown: throw HTTPFailure(.unreachable, "nobody knows how curl ended")
        case .status(0):
            guard let status, 200..<1_000 ~= status else { throw HTTPFailure(.garbled, "the answer has no status") }
            return HTTPAnswer(status: status, retrySeconds: retrySeconds, body: run.output)
        case .status(let number): throw HTTPFailure(Self.reason(number), words.isEmpty ? "curl failed with \(number)" : words)
        }
    }

    /// What curl's exit status means (its manual, `EXIT CODES`).
    private static func reason(_ status: Int32) -> HTTPFailure.Reason {
        switch status {
        // A handshake that ends early (35) is mostly a server's that restarts.
        case 5, 6, 7, 16, 18, 28, 35, 45, 52, 55, 56, 92, 95, 97: .unreachable
        case 51, 53, 54, 58, 59, 60, 64, 66, 77, 80, 82, 83, 90, 91, 98: .untrusted
        case 2, 4, 26, 27, 48: .noProgram
        case 3, 43: .unusable
        default: .garbled
        }
    }
}
