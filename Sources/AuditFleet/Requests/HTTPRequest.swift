internal import Files

/// A request to a server, done by the curl program: TLS, proxies and the certificates of the machine are as the administrator has them.
///
/// Everything that may be secret goes to curl through a file in memory, not by its arguments or its environment, which others can read. Only http and https are
/// spoken; a redirection is an answer and is not followed; nobody's `.curlrc` counts.
public struct HTTPRequest: Hashable, Sendable {
    public enum Method: String, Hashable, Sendable, CaseIterable {
        case get = "GET"
        case post = "POST"
    }

    /// No address, header or password is longer.
    static let valueLimit = 1 << 16

    public var method: Method
    /// With nothing secret: a user and password in it are refused.
    public var url: String
    public var headers: [HTTPHeader]
    /// Who asks.
    public var credentials: Credentials
    /// Sent when the method is `post`.
    public var body: [UInt8]
    /// How long a connection may take to come about.
    public var connectSeconds = 10
    /// How long everything may take.
    public var seconds = 60
    /// How long an answer may be.
    public var answerLimit = 1 << 20
    /// Where curl is.
    public var program = "/usr/bin/curl"

    public init(_ method: Method, _ url: String, headers: [HTTPHeader] = [], credentials: Credentials = Credentials(), body: [UInt8] = []) {
        self.method = method
        self.url = url
        self.headers = headers
        self.credentials = credentials
        self.body = body
    }

    /// Asks, and waits for the answer, no longer than `seconds` and some.
    public func answer() throws(HTTPFailure) -> HTTPAnswer {
        let configuration = try configuration()
        let run: ProgramRun
        do {
            run = try ProgramRun(
                program, ["-q", "--config", "-"], input: Array(configuration.utf8), more: method == .post ? body : [], outputLimit: answerLimit,
                seconds: max(1, seconds) + 2)
        } catch {
            throw HTTPFailure(.noProgram, "`\(program)` cannot be run: \(error.reason): install curl")
        }
        return try CurlReport(run).answer(to: self)
    }
}
