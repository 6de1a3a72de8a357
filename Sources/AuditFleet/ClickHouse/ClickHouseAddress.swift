/// Where a ClickHouse server is: `clickhouse://[USER@]HOST[:PORT][,HOST[:PORT]…]/DATABASE[?cluster=NAME]`, by HTTP; `clickhouses://` by TLS.
///
/// Of several hosts each must answer for all: one after the other is tried when one is down. The cluster is one of the servers' configuration; it counts
/// when tables are made.
public struct ClickHouseAddress: Hashable, Sendable {
    public var isSecure: Bool
    /// `HOST:PORT` each, at least one.
    public var hosts: [String]
    public var user: String?
    public var database: String
    public var cluster: String?

    static let hostLimit = 64
    static let nameLimit = 128

    public init(_ text: String) throws(AddressMistake) {
        let isSecure = text.lowercased().hasPrefix("clickhouses://")
        guard isSecure || text.lowercased().hasPrefix("clickhouse://"), let slashes = text.firstIndex(of: "/") else {
            throw AddressMistake("the address of a ClickHouse server is like `clickhouse://HOST:8123/DATABASE`")
        }
        self.isSecure = isSecure
        let rest = text[text.index(slashes, offsetBy: 2)...]
        let place = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        var path = rest.dropFirst(place.count)
        var servers = place[...]
        user = nil
        if let at = place.lastIndex(of: "@") {
            let name = place[..<at]
            guard !name.contains(":") else {
                throw AddressMistake("a password does not belong into an address, which others can read: write it into a file, and name that with `--credentials`")
            }
            guard Self.isName(name, more: "-.@") else { throw AddressMistake("the user before `@` is no name: letters, digits, `_`, `-` and `.`") }
            user = String(name)
            servers = place[place.index(after: at)...]
        }
        hosts = []
        for server in servers.split(separator: ",", omittingEmptySubsequences: false) {
            hosts.append(try Self.host(server, port: isSecure ? 8443 : 8123))
        }
        guard hosts.count <= Self.hostLimit else { throw AddressMistake("there are more than \(Self.hostLimit) hosts in an address") }
        guard !path.contains("#") else { throw AddressMistake("there is a `#` in the address, which has no meaning there") }
        var options = path[path.endIndex...]
        if let mark = path.firstIndex(of: "?") {
            options = path[path.index(after: mark)...]
            path = path[..<mark]
        }
        let name = path.dropFirst()
        guard path.first == "/", Self.isIdentifier(name) else {
            throw AddressMistake("behind the host stands the database, like `/audit`: letters, digits and `_`, no digit first")
        }
        database = String(name)
        cluster = nil
        for option in options.split(separator: "&") {
            guard option.hasPrefix("cluster="), Self.isClusterName(option.dropFirst(8)), cluster == nil else {
                throw AddressMistake("behind `?` an address of ClickHouse has `cluster=NAME`, and nothing else")
            }
            cluster = String(option.dropFirst(8))
        }
    }

    private static func host(_ text: Substring, port: Int) throws(AddressMistake) -> String {
        var (name, number) = (text, text[text.endIndex...])
        if text.first == "[", let end = text.firstIndex(of: "]") {
            (name, number) = (text[...end], text[text.index(after: end)...])
            guard name.count > 2, name.dropFirst().dropLast().allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else {
                throw AddressMistake("between `[` and `]` stands an address of IPv6")
            }
        } else if let colon = text.firstIndex(of: ":") {
            (name, number) = (text[..<colon], text[colon...])
        }
        guard name.first == "[" || isName(name, more: "-.") else {
            throw AddressMistake("a host is a name or an address, with `:PORT` behind it or not, and hosts are parted by `,`")
        }
        guard !number.isEmpty else { return "\(name):\(port)" }
        guard number.first == ":", let port = UInt16(number.dropFirst()), port > 0, number.dropFirst().allSatisfy(\.isNumber) else {
            throw AddressMistake("behind the `:` of a host stands a port from 1 to 65535")
        }
        return "\(name):\(port)"
    }

    private static func isName(_ text: Substring, more: String) -> Bool {
        !text.isEmpty && text.utf8.count <= nameLimit && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || more.contains($0)) }
    }

    static func isClusterName(_ text: Substring) -> Bool { isName(text, more: "-.") }

    private static func isIdentifier(_ text: Substring) -> Bool { isName(text, more: "") && !(text.first?.isNumber ?? true) }

    /// The address, without the user and the options: by it a queue knows where it has sent to.
    public var name: String {
        "clickhouse\(isSecure ? "s" : "")://" + hosts.joined(separator: ",") + "/" + database
    }
}
