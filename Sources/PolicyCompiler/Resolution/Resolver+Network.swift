import Diagnostics
import Flask

extension Resolver {
    mutating func addNetworkContext(_ statement: Statement) {
        switch statement {
        case .filesystemUse(let behaviour, let name, let index):
            guard let context = context(index) else { return }
            let filesystem = bytes(of: name.identifier)
            guard known.filesystems.insert(filesystem).inserted else {
                reportOverlap("file system `\(filesystem)` has a context already")
                return
            }
            result.contexts.filesystemUses.append((behaviour.rawValue, filesystem, context))
        case .genfsContext(let filesystem, let path, let kind, let index):
            addGenfs(filesystem, path, kind, index)
        case .portContext(let transport, let low, let high, let index): addPort(transport, low, high, index)
        case .interfaceContext(let name, let first, let second):
            guard let firstContext = context(first), let secondContext = context(second) else { return }
            let interface = bytes(of: name.identifier)
            guard known.interfaces.insert(interface).inserted else {
                reportOverlap("network interface `\(interface)` has a context already")
                return
            }
            result.contexts.interfaces.append((interface, firstContext, secondContext))
        case .nodeContext(let address, let mask, let isIPv6, let index): addNode(address, mask, isIPv6, index)
        case .partitionKeyContext(let prefix, let low, let high, let index): addPartitionKey(prefix, low, high, index)
        case .endPortContext(let device, let port, let index):
            guard port > 0, port <= 0xff else {
                report("number-out-of-range", "an InfiniBand port is a number from 1 to 255", at: device)
                return
            }
            guard let context = context(index) else { return }
            let name = bytes(of: device.identifier)
            guard name.bytes.count < 64 else {
                report("name-too-long", "an InfiniBand device's name has at most 63 bytes", at: device)
                return
            }
            guard !result.contexts.endPorts.contains(where: { $0.device == name && $0.port == port }) else {
                reportOverlap("port \(port) of `\(name)` has a context already")
                return
            }
            result.contexts.endPorts.append((name, port, context))
        default: break
        }
    }

    private mutating func addPort(
        _ transport: NameReference, _ low: UInt32, _ high: UInt32, _ index: Statement.ContextIndex
    ) {
        let word = name(of: transport.identifier)
        let numbers: [String: UInt32] = [
            "tcp": 6, "TCP": 6, "udp": 17, "UDP": 17, "dccp": 33, "DCCP": 33, "sctp": 132, "SCTP": 132,
        ]
        guard let number = numbers[word] else {
            report("unknown-protocol", "`\(word)` is not a protocol with ports", at: transport, help: "it may be tcp, udp, dccp or sctp")
            return
        }
        guard isAscending(UInt64(low), UInt64(high)), let context = context(index) else { return }
        for other in result.contexts.ports where other.transport == number {
            if other.low == low, other.high == high {
                reportOverlap("\(word) ports \(low)-\(high) have a context already")
                return
            }
            if other.low <= low, other.high >= high {
                reportOverlap("\(word) ports \(low)-\(high) are hidden by \(other.low)-\(other.high)", code: "overlapping-context")
                return
            }
        }
        result.contexts.ports.append((number, cutTo16Bits(low), cutTo16Bits(high), context))
    }

    private mutating func addGenfs(
        _ filesystem: NameReference, _ path: NameReference, _ kind: NameReference?, _ index: Statement.ContextIndex
    ) {
        var objectClass: UInt32 = 0
        if let kind {
            let word = name(of: kind.identifier)
            let classes = [
                "b": "blk_file", "c": "chr_file", "d": "dir", "p": "fifo_file", "l": "lnk_file", "s": "sock_file", "-": "file",
            ]
            guard let className = classes[word] else {
                report("unknown-file-kind", "`\(word)` is no kind of file", at: kind, help: "it may be -b, -c, -d, -p, -l, -s or --")
                return
            }
            guard let identifier = syntax.identifiers.find(className), let place = result.classes.index(of: identifier)
            else {
                report("unknown-class", "class `\(className)` is not declared", at: kind)
                return
            }
            objectClass = UInt32(place + 1)
        }
        guard let context = context(index) else { return }
        var name = bytes(of: path.identifier)
        if result.capabilities.contains(PolicyCapability.genfsWildcard) {
            name = Name(bytes: name.bytes + [UInt8(ascii: "*")])
        }
        let fileSystem = bytes(of: filesystem.identifier)
        var place = result.contexts.genfs.firstIndex { fileSystem <= $0.filesystem } ?? result.contexts.genfs.count
        if place == result.contexts.genfs.count || result.contexts.genfs[place].filesystem != fileSystem {
            result.contexts.genfs.insert((fileSystem, []), at: place)
        }
        let entries = result.contexts.genfs[place].entries
        // Longer paths come first, so that the first match is the best.
        let position = entries.firstIndex { name.bytes.count > $0.path.bytes.count } ?? entries.count
        if entries[..<position].contains(where: {
            $0.path == name && (objectClass == 0 || $0.objectClass == 0 || $0.objectClass == objectClass)
        }) {
            reportOverlap("`\(name)` of `\(fileSystem)` has a context already")
            return
        }
        result.contexts.genfs[place].entries.insert((name, objectClass, context), at: position)
        place += 1
    }

    // MARK: Addresses

    private mutating func addNode(
        _ address: NameReference, _ mask: NameReference?, _ isIPv6: Bool, _ index: Statement.ContextIndex
    ) {
        let written = name(of: address.identifier)
        var addressBytes: [UInt8]
        let maskBytes: [UInt8]
        if let mask {
            guard let first = parse(written, isIPv6, at: address),
                let second = parse(name(of: mask.identifier), isIPv6, at: mask)
            else { return }
            (addressBytes, maskBytes) = (first, second)
        } else {
            let parts = written.split(separator: "/")
            let width = isIPv6 ? 128 : 32
            guard parts.count == 2, let first = parse(String(parts[0]), isIPv6, at: address), let bits = Int(parts[1]),
                bits <= width
            else {
                report("invalid-address", "`\(written)` is not an address and the length of its mask", at: address)
                return
            }
            maskBytes = (0..<width / 8).map { byte in
                let count = min(max(bits - byte * 8, 0), 8)
                return count == 0 ? 0 : UInt8(truncatingIfNeeded: 0xff << (8 - count))
            }
            if bits == 0 { warn(address, "matches-every-address", "a mask of length 0 matches every address", "give a longer mask, or use the initial SID `node`") }
            addressBytes = first
        }
        if !isContiguous(maskBytes) { warn(address, "mask-not-contiguous", "the ones of the mask are not contiguous", "a mask is a run of ones followed by zeros, such as 255.255.255.0") }
        if zip(addressBytes, maskBytes).contains(where: { $0 & ~$1 != 0 }) {
            warn(address, "host-bits-set", "the address has bits outside its mask, \(mask == nil ? "which are cleared" : "so that nothing matches it")", "clear these bits, or lengthen the mask")
        }
        if mask == nil { addressBytes = zip(addressBytes, maskBytes).map { $0 & $1 } }
        guard let context = context(index) else { return }
        insertNode(addressBytes, maskBytes, context, isIPv6)
    }

    private mutating func warn(_ reference: NameReference, _ code: Diagnostic.Code, _ message: String, _ help: String) {
        diagnostics.report(.warning, code, message, at: span(reference), help: help)
    }

    /// More specific masks come first; masks of IPv4 are compared as the machine's numbers, as checkpolicy does.
    private mutating func insertNode(
        _ address: [UInt8], _ mask: [UInt8], _ context: ResolvedContext, _ isIPv6: Bool
    ) {
        let nodes = isIPv6 ? result.contexts.nodes6 : result.contexts.nodes
        let order: ([UInt8]) -> [UInt8] = { isIPv6 ? $0 : $0.reversed() }
        var place = nodes.count
        for (index, node) in nodes.enumerated() {
            if node.mask == mask, node.address == address, dialect.layout == .checkpolicy3_6 {
                reportOverlap("this address and mask have a context already")
                return
            }
            if order(node.mask).lexicographicallyPrecedes(order(mask)) {
                place = index
                break
            }
        }
        if isIPv6 {
            result.contexts.nodes6.insert((address, mask, context), at: place)
        } else {
            result.contexts.nodes.insert((address, mask, context), at: place)
        }
    }

    private func isContiguous(_ mask: [UInt8]) -> Bool {
        var isFilled = true
        for byte in mask {
            if byte != 0, !isFilled { return false }
            if (~byte &+ 1) & ~byte != 0 { return false }
            if byte != 0xff { isFilled = false }
        }
        return true
    }

    private mutating func parse(_ text: String, _ isIPv6: Bool, at reference: NameReference) -> [UInt8]? {
        let bytes = isIPv6 ? InternetAddress.version6(text) : InternetAddress.version4(text)
        if bytes == nil {
            report("invalid-address", "`\(text)` is not an IPv\(isIPv6 ? 6 : 4) address", at: reference)
        }
        return bytes
    }

    private mutating func addPartitionKey(
        _ prefix: NameReference, _ low: UInt32, _ high: UInt32, _ index: Statement.ContextIndex
    ) {
        guard let address = parse(name(of: prefix.identifier), true, at: prefix) else { return }
        guard address[dialect.zeroBytesOfSubnetPrefix].allSatisfy({ $0 == 0 }) else {
            let isOld = dialect.zeroBytesOfSubnetPrefix.upperBound < address.count
            report(
                "invalid-address", "the low 64 bits of a subnet prefix must be 0", at: prefix,
                notes: isOld ? ["checkpolicy 3.4 takes its bits 16 to 31 for those, and so does this layout"] : [])
            return
        }
        guard low <= 0xffff, high <= 0xffff else {
            report("number-out-of-range", "a partition key has 16 bits", at: prefix)
            return
        }
        guard isAscending(UInt64(low), UInt64(high)), let context = context(index) else { return }
        let subnet = Array(address[..<8])
        for other in result.contexts.partitionKeys where other.prefix == subnet {
            if other.low <= low, other.high >= high {
                reportOverlap("partition keys \(low)-\(high) have a context already", code: "overlapping-context")
                return
            }
        }
        result.contexts.partitionKeys.append((subnet, low, high, context))
    }
}

/// Internet addresses as text.
enum InternetAddress {
    /// Four decimal numbers.
    static func version4(_ text: some StringProtocol) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            // A leading zero would be octal to some readers and decimal to others.
            guard let byte = UInt8(part), part.count == 1 || part.first != "0" else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    /// Eight groups of hexadecimal digits, of which one run of zeros may be left out, the last two perhaps as IPv4.
    static func version6(_ text: some StringProtocol) -> [UInt8]? {
        let halves = text.split(separator: "::", maxSplits: 2, omittingEmptySubsequences: false)
        guard halves.count <= 2, let head = groups(halves[0]) else { return nil }
        guard halves.count == 2 else { return head.count == 16 ? head : nil }
        guard let tail = groups(halves[1]), head.count + tail.count <= 14 else { return nil }
        return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    private static func groups(_ text: some StringProtocol) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        var bytes: [UInt8] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, part.contains(".") {
                guard let last = version4(part) else { return nil }
                bytes += last
            } else {
                guard part.count <= 4, let group = UInt16(part, radix: 16) else { return nil }
                bytes += [UInt8(group >> 8), UInt8(truncatingIfNeeded: group)]
            }
        }
        return bytes
    }
}
