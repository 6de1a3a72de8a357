internal import AuditStore
internal import Glibc

/// A server of syslog that is told of decisions: `syslog+tcp://host:601` (RFC 6587, by counts of bytes) or `syslog+udp://host:514` (RFC 5426).
///
/// Syslog has nobody say what was kept. By TCP, what the other machine took counts as sent; what its program then had not read is lost when that ends. By UDP,
/// what left this machine counts. ``RELPDestination`` is the sure one.
public struct SyslogDestination: ShippingDestination {
    /// What RFC 5426 has receivers take; ours are a fifth of it.
    static let datagramLimit = 2_048
    static let schemes = ["syslog+tcp", "syslog+udp"]

    /// How long connecting, and each writing, may take.
    public var seconds = 30
    private let address: NetworkAddress
    private let form: SyslogMessage.Form
    private let isOfDatagrams: Bool
    private let port: UInt16
    private var connection: InternetConnection?
    private var cut = 0

    public init(_ address: String) throws(AddressMistake) {
        self.address = try NetworkAddress(address, schemes: Self.schemes)
        form = try SyslogMessage.Form(self.address)
        isOfDatagrams = self.address.scheme == "syslog+udp"
        port = self.address.port ?? (isOfDatagrams ? 514 : 601)
    }

    public mutating func send(_ batch: ShippingBatch) throws(ShippingFailure) {
        do throws(ConnectionFailure) {
            let connection = try open()
            if isOfDatagrams { try sendDatagrams(batch, connection) } else { try sendStream(batch, connection) }
        } catch {
            connection = nil
            throw ShippingFailure(.unreachable, destination: address.name, detail: error.detail)
        }
    }

    /// Datagrams whose end was left out, since this was last asked.
    public mutating func takeWarnings() -> [String] {
        guard cut > 0 else { return [] }
        defer { cut = 0 }
        let what = "\(cut) message\(cut == 1 ? " was" : "s were") longer than \(Self.datagramLimit) bytes and sent without the end, which it says"
        return ["`\(address.name)`: \(what): send them by `syslog+tcp` or `relp`"]
    }

    /// The connection that there is, if it still is one.
    private mutating func open() throws(ConnectionFailure) -> InternetConnection {
        // One that was ended takes bytes all the same, and loses them.
        if !isOfDatagrams, let connection, (try? connection.checkIsOpen()) == nil { self.connection = nil }
        if let connection { return connection }
        let opened = try InternetConnection(host: address.host, port: port, isOfMessages: isOfDatagrams, seconds: seconds)
        connection = opened
        return opened
    }

    private func sendStream(_ batch: ShippingBatch, _ connection: InternetConnection) throws(ConnectionFailure) {
        var bytes: [UInt8] = []
        for record in batch.records {
            let message = SyslogMessage(record, form).bytes
            bytes += "\(message.count) ".utf8 + message
            guard bytes.count >= 1 << 16 else { continue }
            try connection.send(bytes, deadline: InternetConnection.deadline(seconds))
            bytes.removeAll(keepingCapacity: true)
        }
        try connection.send(bytes, deadline: InternetConnection.deadline(seconds))
        try connection.waitUntilTaken(deadline: InternetConnection.deadline(seconds))
    }

    private mutating func sendDatagrams(_ batch: ShippingBatch, _ connection: InternetConnection) throws(ConnectionFailure) {
        for record in batch.records {
            let message = SyslogMessage(record, form)
            var bytes = message.bytes
            if bytes.count > Self.datagramLimit {
                cut += 1
                // With all that structured data may hold there may be no room for words: then the words are what counts.
                bytes = message.cut(Self.datagramLimit) ?? SyslogMessage(record, SyslogMessage.Form(facility: form.facility)).cut(Self.datagramLimit) ?? []
            }
            guard try connection.sendMessage(bytes, deadline: InternetConnection.deadline(seconds)) else { throw .system(EMSGSIZE) }
        }
    }
}
