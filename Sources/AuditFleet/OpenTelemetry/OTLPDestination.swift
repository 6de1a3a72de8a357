internal import AuditStore
internal import Glibc

/// A receiver of OpenTelemetry's log records by OTLP/HTTP in JSON, such as a collector: `otlp+http://host:4318` or `otlp+https://host[/path]`.
///
/// A record that comes twice, since a connection ended before the answer, has the same `log.record.uid`.
public struct OTLPDestination: ShippingDestination {
    static let schemes = ["otlp+http", "otlp+https"]
    static let path = "/v1/logs"

    /// No request is longer, unless a single record is.
    public var sizeLimit = 1 << 21
    /// How long a request may take.
    public var seconds = 60
    private let destination: String
    private let url: String
    private let credentials: Credentials
    private let version: String?
    private var rejected: UInt64 = 0
    private var words = ""
    /// What was kept of a batch that was not sent to its end, and will come again.
    private var kept: Set<String> = []

    /// - Parameter credentials: what is shown to the other side, as far as it asks.
    /// - Parameter text: the address.
    /// - Parameter version: that of the program that sends.
    public init(_ text: String, credentials: Credentials = Credentials(), version: String? = nil) throws(AddressMistake) {
        var address = try NetworkAddress(text, schemes: Self.schemes)
        guard address.options.isEmpty else {
            throw AddressMistake(
                "the address `\(address.name)` has something behind a `?`: what a receiver wants to know of the sender is a `header:` in a file of credentials")
        }
        destination = address.name
        if address.scheme == "otlp+http", address.port == nil { address.port = 4_318 }
        if address.path.isEmpty || address.path == "/" { address.path = Self.path }
        address.scheme = String(address.scheme.dropFirst("otlp+".count))
        url = address.text
        self.credentials = credentials
        self.version = version
    }

    public mutating func send(_ batch: ShippingBatch) throws(ShippingFailure) {
        let records = batch.records.filter { !kept.contains($0.identifier) }
        if !records.isEmpty {
            let export = LogExport(version: version, observed: UInt64(clamping: time(nil)) &* 1_000_000_000)
            try send(records[...], export)
        }
        kept = []
    }

    /// What a receiver dropped of what it took, since this was last asked.
    public mutating func takeWarnings() -> [String] {
        guard rejected > 0 || !words.isEmpty else { return [] }
        defer { (rejected, words) = (0, "") }
        guard rejected > 0 else { return ["`\(destination)`: it has everything, and says: \(words)"] }
        return ["`\(destination)`: \(rejected) records were dropped there, and may not be sent again" + (words.isEmpty ? "" : ": \(words)")]
    }

    /// Sends them in halves where they are too much at once.
    private mutating func send(_ records: ArraySlice<ExportedRecord>, _ export: LogExport) throws(ShippingFailure) {
        let most = max(1, sizeLimit / 1_024)
        if records.count > most {
            for start in stride(from: records.startIndex, to: records.endIndex, by: most) {
                try send(records[start..<min(start + most, records.endIndex)], export)
            }
            return
        }
        let body = export.bytes(records)
        if body.count > sizeLimit, records.count > 1 { return try halve(records, export) }
        var request = HTTPRequest(
            .post, url, headers: [HTTPHeader("Content-Type", "application/json"), HTTPHeader("Accept", "application/json")],
            credentials: credentials, body: body)
        request.seconds = seconds
        let answer: HTTPAnswer
        do throws(HTTPFailure) {
            answer = try request.answer()
        } catch {
            throw error.shippingFailure(destination)
        }
        switch LogExportAnswer(answer) {
        case .kept(let count, let said):
            kept.formUnion(records.map(\.identifier))
            rejected = rejected &+ count
            if !said.isEmpty { words = said }
        case .tooLarge(let detail):
            guard records.count > 1 else { throw ShippingFailure(.refused, destination: destination, detail: detail) }
            try halve(records, export)
        case .busy(let retrySeconds, let detail): throw ShippingFailure(.busy, destination: destination, detail: detail, retrySeconds: retrySeconds)
        case .refused(let detail): throw ShippingFailure(.refused, destination: destination, detail: detail)
        case .garbled(let detail): throw ShippingFailure(.garbled, destination: destination, detail: detail)
        }
    }

    private mutating func halve(_ records: ArraySlice<ExportedRecord>, _ export: LogExport) throws(ShippingFailure) {
        let middle = records.startIndex + records.count / 2
        try send(records[..<middle], export)
        try send(records[middle...], export)
    }
}
