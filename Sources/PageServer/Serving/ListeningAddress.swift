/// Where a server listens: an address by its numbers and a port.
public struct ListeningAddress: Hashable, Sendable, CustomStringConvertible {
    /// As it was written, without brackets.
    public let host: String
    public let port: UInt16
    /// Nobody but this machine's own users can connect.
    public let isLoopback: Bool
    let isVersion6: Bool

    /// Reads `8080`, `127.0.0.1:8080`, `[::1]:8080`. Nil for what is none: names are not looked up.
    public init?(_ text: String) {
        let (host, port): (Substring, Substring)
        if let colon = text.lastIndex(of: ":") {
            (host, port) = (text[..<colon], text[text.index(after: colon)...])
        } else {
            (host, port) = ("127.0.0.1", text[...])
        }
        guard let number = UInt16(port), port.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        isVersion6 = host.hasPrefix("[") && host.hasSuffix("]")
        self.host = host == "localhost" ? "127.0.0.1" : isVersion6 ? String(host.dropFirst().dropLast()) : String(host)
        self.port = number
        isLoopback = isVersion6 ? self.host == "::1" : self.host.hasPrefix("127.")
        guard Socket.isAddress(self.host, isVersion6: isVersion6) else { return nil }
    }

    init(host: String, port: UInt16, isLoopback: Bool, isVersion6: Bool) {
        self.host = host
        self.port = port
        self.isLoopback = isLoopback
        self.isVersion6 = isVersion6
    }

    func with(port: UInt16) -> ListeningAddress { ListeningAddress(host: host, port: port, isLoopback: isLoopback, isVersion6: isVersion6) }

    public var description: String { (isVersion6 ? "[\(host)]" : host) + ":\(port)" }

    /// Whether a request that names a host means this server: by its address, or as `localhost`. A page of somebody else's whose name leads here
    /// would otherwise be given what this server tells (DNS rebinding).
    public func isMeant(by host: [UInt8]) -> Bool {
        let names = [description, "localhost:\(port)"] + (port == 80 ? [isVersion6 ? "[\(self.host)]" : self.host, "localhost"] : [])
        let host = String(decoding: host, as: UTF8.self).lowercased()
        return names.contains(host)
    }
}
