/// Where decisions go in a standard form, for systems of others: `otlp+http://`, `otlp+https://`, `syslog+tcp://`, `syslog+udp://` or `relp://`.
public struct ExportAddress: Hashable, Sendable {
    public static let schemes = OTLPDestination.schemes + SyslogDestination.schemes + [RELPDestination.scheme]

    private let address: NetworkAddress
    /// By what a queue knows the destination: without what is behind `?`, which says how, not where. Nothing secret is in it.
    public var name: String { address.name }

    public init(_ text: String) throws(AddressMistake) {
        address = try NetworkAddress(text, schemes: Self.schemes)
        // What is wrong is said now, not when something is to be sent.
        _ = try made(Credentials(), version: nil)
    }

    /// The destination, to be sent to. Nobody is asked yet. Only OpenTelemetry's has a use for credentials.
    /// - Parameter credentials: what is shown to the other side, as far as it asks.
    /// - Parameter version: that of the program that sends.
    public func destination(_ credentials: Credentials = Credentials(), version: String? = nil) throws(ShippingFailure) -> any ShippingDestination {
        let isRequest = OTLPDestination.schemes.contains(address.scheme)
        guard isRequest || credentials == Credentials() else {
            throw ShippingFailure(.refused, destination: name, detail: "syslog has no credentials to show: leave them out")
        }
        do throws(AddressMistake) {
            return try made(credentials, version: version)
        } catch {
            throw ShippingFailure(.refused, destination: name, detail: error.message)
        }
    }

    private func made(_ credentials: Credentials, version: String?) throws(AddressMistake) -> any ShippingDestination {
        if address.scheme == RELPDestination.scheme { return try RELPDestination(address.text) }
        if SyslogDestination.schemes.contains(address.scheme) { return try SyslogDestination(address.text) }
        return try OTLPDestination(address.text, credentials: credentials, version: version)
    }
}
