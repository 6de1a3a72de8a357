/// Where somebody who wants to see a screen connects to, in QEMU's words for VNC: `ADDRESS:NUMBER` or `unix:PATH`.
public struct DisplayListener: Hashable, Sendable {
    /// A path, or an address by numbers with the ports that are tried in turn.
    public enum Place: Hashable, Sendable, CustomStringConvertible {
        case path(String)
        case address(String, ports: ClosedRange<UInt16>)

        public var description: String {
            switch self {
            case .path(let path): path
            case .address(let address, let ports):
                "\(address), port \(ports.lowerBound)" + (ports.count > 1 ? " to \(ports.upperBound), the first that is free" : "")
            }
        }
    }

    public let place: Place

    /// The port of VNC's first screen.
    private static let firstPort = 5_900

    /// Nil where it is no address: a host by its name is none, since who answers for a name is not the launcher's to ask.
    init?(_ address: String, options: some Sequence<String>) {
        if address.hasPrefix("unix:") {
            let path = String(address.dropFirst(5))
            guard path.hasPrefix("/"), path.utf8.count < 108 else { return nil }
            place = .path(path)
            return
        }
        guard let colon = address.lastIndex(of: ":"), let number = Int(address[address.index(after: colon)...]),
            (0...65_535 - Self.firstPort).contains(number)
        else { return nil }
        var last = number
        for option in options {
            guard let text = DeviceModelCommandLine.value("to", option) else { continue }
            guard let to = Int(text), (number...65_535 - Self.firstPort).contains(to) else { return nil }
            last = to
        }
        // Brackets are how an address with colons is told from its port.
        var host = String(address[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        guard host.utf8.allSatisfy({ byte in "0123456789abcdefABCDEF.:".utf8.contains(byte) }) || host == "localhost" else { return nil }
        place = .address(
            host == "localhost" ? "127.0.0.1" : host.isEmpty ? "0.0.0.0" : host,
            ports: UInt16(number + Self.firstPort)...UInt16(last + Self.firstPort))
    }
}
