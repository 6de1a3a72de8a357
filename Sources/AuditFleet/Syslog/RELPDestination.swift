internal import AuditStore

/// A server of syslog that acknowledges each message: `relp://host:2514`. What it acknowledged it has; whether that is on its disk is a matter of its queues.
///
/// When a connection ends in between, what was sent and not acknowledged is sent again, and may be there twice: it has the same `uid`.
public final class RELPDestination: ShippingDestination {
    static let scheme = "relp"

    /// How long connecting, each writing and each answer may take.
    public var seconds = 30
    private let address: NetworkAddress
    private let form: SyslogMessage.Form
    private var session: RELPSession?
    /// What was acknowledged of a batch that was not sent to its end, and will come again.
    private var acknowledged: Set<String> = []

    public init(_ address: String) throws(AddressMistake) {
        self.address = try NetworkAddress(address, schemes: [Self.scheme])
        form = try SyslogMessage.Form(self.address)
    }

    deinit { session?.close() }

    public func send(_ batch: ShippingBatch) throws(ShippingFailure) {
        let records = batch.records.filter { !acknowledged.contains($0.identifier) }
        do throws(RELPSession.Failure) {
            if session?.isOpen == false { session = nil }
            let session = try open()
            try session.send(records.map { SyslogMessage($0, form).bytes }) { acknowledged.insert(records[$0].identifier) }
            acknowledged = []
        } catch {
            session = nil
            throw failure(error)
        }
    }

    private func open() throws(RELPSession.Failure) -> RELPSession {
        if let session { return session }
        let opened = try RELPSession(host: address.host, port: address.port ?? 2_514, seconds: seconds)
        session = opened
        return opened
    }

    private func failure(_ failure: RELPSession.Failure) -> ShippingFailure {
        switch failure {
        case .connection(let why): ShippingFailure(.unreachable, destination: address.name, detail: why.detail)
        case .refused(let why): ShippingFailure(.refused, destination: address.name, detail: why)
        case .garbled(let why): ShippingFailure(.garbled, destination: address.name, detail: why)
        }
    }
}
