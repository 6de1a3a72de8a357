/// Reads a network interface's specification (Xen, tools/xl/xl_parse.c: `parse_nic_config`). xl tells of parts that it does not
/// understand, and goes on; here they are mistakes.
struct NetworkInterfaceParser {
    private typealias Wrong = DiskParser.Wrong

    private static let words = ["trusted", "untrusted"]
    private static let names = [
        "type", "mac", "bridge", "gatewaydev", "ip", "script", "backend", "vifname", "model", "rate", "devid", "mtu",
    ]

    static func interface(_ text: String) throws(DiskParser.Wrong) -> NetworkInterfaceConfiguration {
        guard text.utf8.count <= 4_096 else { throw Wrong(part: "", wrong: "it is longer than 4096 bytes") }
        var interface = NetworkInterfaceConfiguration()
        for part in text.utf8.split(separator: UInt8(ascii: ",")) {
            let part = part.drop { $0 == 32 }
            if part.isEmpty { continue }
            let name = String(decoding: part.prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self)
            let isSet = name.utf8.count < part.count
            try take(name, isSet ? String(decoding: part.dropFirst(name.utf8.count + 1), as: UTF8.self) : nil, to: &interface)
        }
        return interface
    }

    private static func take(
        _ name: String, _ value: String?, to interface: inout NetworkInterfaceConfiguration
    ) throws(Wrong) {
        guard let value else {
            guard words.contains(name) else { throw unknown(name) }
            interface.isTrusted = name == "trusted"
            return
        }
        switch name {
        case "type":
            guard let kind = NetworkInterfaceConfiguration.Kind(rawValue: value) else {
                throw Wrong(part: value, wrong: "a type is `vif` or `ioemu`")
            }
            interface.kind = kind
        case "mac": interface.address = try address(value)
        case "bridge": interface.bridge = try device(value)
        case "gatewaydev", "netdev": interface.gatewayDevice = try device(value)
        case "ip": interface.internetAddress = try plain(value)
        case "script": interface.script = try plain(value)
        case "backend": interface.backendDomain = try plain(value)
        case "vifname": interface.hostName = try device(value)
        case "model": interface.model = try model(value)
        case "rate": interface.rate = try rate(value)
        case "devid": interface.deviceNumber = try number(value, 0...65_535)
        case "mtu": interface.maximumTransferUnit = try number(value, 68...65_535)
        case _ where name.hasPrefix("colo_") || name == "forwarddev":
            throw Wrong(part: name, wrong: "COLO is not supported: leave it out")
        case "accel": throw Wrong(part: name, wrong: "xl does not support it: leave it out")
        default: throw unknown(name)
        }
    }

    private static func unknown(_ name: String) -> Wrong {
        Wrong(part: name, wrong: DiskParser.reason(name, names: names, words: words))
    }

    private static func address(_ value: String) throws(Wrong) -> [UInt8] {
        let parts = value.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        let bytes = parts.compactMap { part -> UInt8? in
            guard (1...2).contains(part.count), part.first != UInt8(ascii: "+") else { return nil }
            return UInt8(String(decoding: part, as: UTF8.self), radix: 16)
        }
        guard parts.count == 6, bytes.count == 6 else {
            throw Wrong(part: value, wrong: "an address is six bytes, as in `00:16:3e:00:00:01`")
        }
        return bytes
    }

    /// What Linux can have a device called.
    private static func device(_ value: String) throws(Wrong) -> String {
        guard (1...15).contains(value.utf8.count), value != ".", value != "..",
            value.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":") })
        else { throw Wrong(part: value, wrong: "a device's name is at most 15 characters, without blanks, `/` and `:`") }
        return value
    }

    private static func plain(_ value: String) throws(Wrong) -> String {
        guard !value.isEmpty, value.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value != 127 }) else {
            throw Wrong(part: value, wrong: "it is empty or has control characters")
        }
        return value
    }

    private static func model(_ value: String) throws(Wrong) -> String {
        guard (1...64).contains(value.utf8.count), value.utf8.allSatisfy({ ConfigurationWords.isOfWord($0) }) else {
            throw Wrong(part: value, wrong: "a model is letters, digits, `-`, `_` and `.`")
        }
        return value
    }

    private static func number(_ value: String, _ range: ClosedRange<Int>) throws(Wrong) -> Int {
        guard value.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(value), range.contains(number) else {
            throw Wrong(part: value, wrong: "it is to be from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// `NUMBER[GMK]B/s` or `b/s`, and perhaps `@NUMBER[mu]s` (Xen, tools/libs/util/libxlu_vif.c).
    private static func rate(_ value: String) throws(Wrong) -> String {
        let wrong = Wrong(part: value, wrong: "a rate is as `10Mb/s` or `10MB/s@50ms`")
        let parts = value.utf8.split(separator: UInt8(ascii: "@"), maxSplits: 1, omittingEmptySubsequences: false)
        func unit(_ part: Substring.UTF8View) throws(Wrong) -> String {
            let digits = part.prefix { (0x30...0x39).contains($0) }
            guard let number = UInt32(String(decoding: digits, as: UTF8.self)), number > 0 else { throw wrong }
            return String(decoding: part.dropFirst(digits.count), as: UTF8.self)
        }
        let speeds = ["", "G", "M", "K"].flatMap { [$0 + "B/s", $0 + "b/s"] }
        guard let speed = parts.first, speeds.contains(try unit(speed)) else { throw wrong }
        if parts.count > 1, !["", "s", "m", "ms", "u", "us"].contains(try unit(parts[1])) { throw wrong }
        return value
    }
}
