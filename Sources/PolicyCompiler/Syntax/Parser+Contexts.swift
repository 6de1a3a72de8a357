import Diagnostics
import Flask

extension UInt8 {
    fileprivate var isHexDigitSign: Bool {
        self &- UInt8(ascii: "0") < 10 || (self | 0x20) &- UInt8(ascii: "a") < 6
    }
}

extension Parser {
    mutating func deviceContext(_ keyword: Keyword, _ start: Token) throws(Failure) {
        advance()
        switch keyword {
        case .pirqcon:
            let number = try number32("an interrupt's number")
            append(.interruptContext(number, try context()), start)
        case .iomemcon:
            let low = try deviceNumber("a page frame's number")
            let high = take(.minus) ? try deviceNumber("a page frame's number") : low
            append(.ioMemoryContext(low: low, high: high, try context()), start)
        case .ioportcon:
            let low = try number32("an I/O port's number")
            let high = take(.minus) ? try number32("an I/O port's number") : low
            append(.ioPortContext(low: low, high: high, try context()), start)
        case .pcidevicecon:
            try refuseDeviceAddress()
            let device = try number32("a PCI device's number")
            append(.pciDeviceContext(device, try context()), start)
        default:
            guard token.kind == .path || token.kind == .quotedPath else {
                throw unexpected("the path of a device tree node")
            }
            let path = takeReference()
            append(.deviceTreeContext(path, try context()), start)
        }
        semicolonIsWrong()
    }

    /// A PCI device as people write it, `00:1f.2` or `0000:00:1f.2`, is not what the statement takes.
    private mutating func refuseDeviceAddress() throws(Failure) {
        let word = text.bytes[Int(token.offset)...].prefix(16).prefix { $0.isHexDigitSign || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }
        let written = String(decoding: word, as: UTF8.self)
        let parts = written.split { $0 == ":" || $0 == "." }.map { UInt32($0, radix: 16) }
        guard written.contains(":"), written.contains("."), parts.count == 3 || parts.count == 4 else { return }
        let numbers = parts.compactMap(\.self)
        guard numbers.count == parts.count, let function = numbers.last, function < 8, numbers[numbers.count - 2] < 32 else { return }
        let segment = numbers.count == 4 ? numbers[0] : 0
        let bus = numbers[numbers.count - 3]
        guard segment <= 0xffff, bus <= 0xff else { return }
        let number = segment << 16 | bus << 8 | numbers[numbers.count - 2] << 3 | function
        let place = text.span(at: Int(token.offset), length: word.count)
        diagnostics.report(
            .error, "unexpected-token", "a PCI device is given by one number, not as `\(written)`", at: place,
            notes: ["the number has the bits of segment (16), bus (8), device (5) and function (3)"],
            suggestion: .init(place, "0x" + String(number, radix: 16)))
        throw Failure()
    }

    /// What to propose for a hexadecimal number without `0x`.
    private func hexadecimal() -> Diagnostic.Suggestion? {
        let parts = spelling(token).split(separator: "-")
        guard token.kind == .identifier || token.kind == .filesystem, !parts.isEmpty, parts.count <= 2,
            parts.allSatisfy({ $0.utf8.allSatisfy(\.isHexDigitSign) })
        else { return nil }
        return .init(span(token), parts.map { "0x\($0)" }.joined(separator: "-"))
    }

    /// A number of a device's context.
    private mutating func deviceNumber(_ what: String) throws(Failure) -> UInt64 {
        if let suggestion = hexadecimal() {
            throw unexpected(what, help: "hexadecimal numbers begin with `0x`", suggestion: suggestion)
        }
        return try number64(what)
    }

    /// Contexts end without a semicolon; one that stands there is reported and passed over.
    private mutating func semicolonIsWrong() {
        guard token.kind == .semicolon else { return }
        diagnostics.report(
            .error, "unexpected-token", "a context statement ends without `;`", at: span(token),
            suggestion: .init(span(token), ""))
        advance()
    }

    mutating func networkContext(_ keyword: Keyword, _ start: Token) throws(Failure) {
        switch keyword {
        case .fsUseXattr, .fsUseTask, .fsUseTrans: try filesystemUse(keyword, start)
        case .genfscon: try genfs(start)
        case .portcon:
            enter(.ports, start)
            advance()
            let transport = try name("protocol name")
            let low = try number32("a port's number")
            let high = take(.minus) ? try number32("a port's number") : low
            append(.portContext(transport, low: low, high: high, try context()), start)
        case .netifcon:
            enter(.interfaces, start)
            advance()
            guard token.kind == .identifier || token.kind == .filesystem || token.kind == .interfaceName else {
                throw unexpected("a network interface's name")
            }
            let interface = takeReference()
            let first = try context()
            append(.interfaceContext(interface, first, try context()), start)
        case .nodecon: try node(start)
        case .ibpkeycon:
            enter(.partitionKeys, start)
            advance()
            guard token.kind == .ipv6 else { throw unexpected("a subnet prefix such as `fe80::`") }
            let prefix = takeReference()
            let low = try number32("a partition key")
            let high = take(.minus) ? try number32("a partition key") : low
            append(.partitionKeyContext(prefix, low: low, high: high, try context()), start)
        default:
            enter(.endPorts, start)
            advance()
            let device = try name("device name")
            let port = try number32("a port's number")
            append(.endPortContext(device, port: port, try context()), start)
        }
        semicolonIsWrong()
    }

    private mutating func filesystemUse(_ keyword: Keyword, _ start: Token) throws(Failure) {
        enter(.filesystemUses, start)
        advance()
        let behaviour: NetworkContexts.FilesystemUse.Behaviour =
            switch keyword {
            case .fsUseXattr: .extendedAttributes
            case .fsUseTask: .task
            default: .transition
            }
        guard token.kind == .identifier || (token.kind == .filesystem && keyword == .fsUseXattr) else {
            throw unexpected("a file system's name")
        }
        let filesystem = takeReference()
        let context = try self.context()
        try expect(.semicolon, "`;`")
        append(.filesystemUse(behaviour, filesystem, context), start)
    }

    private mutating func genfs(_ start: Token) throws(Failure) {
        enter(.genfs, start)
        advance()
        guard token.kind == .identifier || token.kind == .filesystem else { throw unexpected("a file system's name") }
        let filesystem = takeReference()
        guard token.kind == .path || token.kind == .quotedPath else { throw unexpected("a path") }
        let path = takeReference()
        var kind: NameReference?
        if take(.minus) {
            if token.kind == .minus {
                kind = NameReference(identifier: .minus, offset: token.offset)
                advance()
            } else {
                kind = try name("file kind's name")
            }
        }
        append(.genfsContext(filesystem, path: path, kind: kind, try context()), start)
    }

    private mutating func node(_ start: Token) throws(Failure) {
        enter(.nodes, start)
        advance()
        let kind = token.kind
        guard kind == .ipv4 || kind == .ipv6 || kind == .ipv4Block || kind == .ipv6Block else {
            throw unexpected("an IP address")
        }
        let address = takeReference()
        var mask: NameReference?
        if kind == .ipv4 || kind == .ipv6 {
            guard token.kind == kind else { throw unexpected("a mask of the same kind as the address") }
            mask = takeReference()
        }
        append(
            .nodeContext(address, mask: mask, isIPv6: kind == .ipv6 || kind == .ipv6Block, try context()), start)
    }
}
