/// Where decisions are to be sent, as an address says it: its scheme says in which way.
public enum DestinationAddress: Hashable, Sendable {
    case clickHouse(ClickHouseAddress)
    case export(ExportAddress)

    /// Reads an address. Throws for a scheme that is not known, and what is wrong behind it.
    public init(_ text: String) throws(AddressMistake) {
        switch Self.scheme(of: text) {
        case "clickhouse", "clickhouses": self = .clickHouse(try ClickHouseAddress(text))
        case let scheme? where ExportAddress.schemes.contains(scheme): self = .export(try ExportAddress(text))
        case .some:
            throw AddressMistake("the address of a destination begins with \(Self.list)")
        case nil: throw AddressMistake("the address of a destination begins with its kind: \(Self.list)")
        }
    }

    private static let list: String = {
        let schemes = (["clickhouse", "clickhouses"] + ExportAddress.schemes).map { "`\($0)://`" }
        return schemes.dropLast().joined(separator: ", ") + " or " + (schemes.last ?? "")
    }()

    /// What stands before `://`; nil when nothing does that could be a scheme.
    public static func scheme(of text: String) -> String? {
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else { return nil }
        let scheme = text[..<colon]
        guard scheme.first?.isLetter ?? false, scheme.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }) else { return nil }
        return scheme.lowercased()
    }

    /// By what a queue knows the destination: without users, without what is secret.
    public var name: String {
        switch self {
        case .clickHouse(let address): address.name
        case .export(let address): address.name
        }
    }

    /// The destination, to be sent to. Nobody is asked yet.
    ///
    /// - Parameters:
    ///   - credentials: what is shown to the other side, as far as it asks.
    ///   - isCreating: tables are made over there, where it has any and they are not there.
    ///   - version: that of the program that sends.
    public func destination(_ credentials: Credentials, creating isCreating: Bool, version: String?) throws(ShippingFailure) -> any ShippingDestination {
        switch self {
        case .clickHouse(let address): try ClickHouseDestination(address, credentials, creating: isCreating)
        case .export(let address): try address.destination(credentials, version: version)
        }
    }
}
