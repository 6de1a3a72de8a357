import Flask

extension Device {
    /// What a text names: a PCI address or its number, bytes or frames of memory, ports, the number of an interrupt, or a node's path.
    /// Ranges have their end in them, or a size: `0xfebe0000-0xfebfffff`, `0xfebe0000+128K`.
    ///
    /// Without a kind only what can be nothing else is taken: an address with its colons, and a path. Throws ``LabelMistake``.
    public init(_ text: String, kind: DeviceKind?) throws(LabelMistake) {
        switch kind {
        case .pci: self = try Self.pci(text)
        case .memory:
            self = .memory(PageFrames(bytes: try Self.range(text, "address")))
        case .frames:
            guard let pages = PageFrames(frames: try Self.range(text, "page frame")) else {
                throw LabelMistake("there are no page frames above \(DeviceNumber.hex(PageFrames.highest)): is `\(text)` an address? Then say `memory`")
            }
            self = .memory(pages)
        case .ports: self = try Self.ports(text)
        case .irq:
            let number = try DeviceNumber.read(text[...], "interrupt", isAddress: false)
            guard number <= Self.highestInterrupt else { throw LabelMistake("`\(text)` is no interrupt: Xen's numbers end at \(Self.highestInterrupt)") }
            self = .interrupt(UInt32(number))
        case .dt: self = try Self.node(text)
        case nil:
            if text.hasPrefix("/") {
                self = try Self.node(text)
            } else if text.contains(":") {
                self = .pci(try PCIAddress(text))
            } else {
                let kinds = DeviceKind.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
                throw LabelMistake("what kind of device is `\(text)`? Say one of \(kinds) before it")
            }
        }
    }

    private static func pci(_ text: String) throws(LabelMistake) -> Device {
        if text.contains(":") { return .pci(try PCIAddress(text)) }
        guard text.hasPrefix("0x") else {
            throw LabelMistake("`\(text)` is no PCI address: one is written `0000:03:00.0`, or as its number, `0x300`")
        }
        let number = try DeviceNumber.read(text[...], "PCI device", isAddress: false)
        guard let number = UInt32(exactly: number) else {
            throw LabelMistake("`\(text)` is no PCI device: the number has 32 bits, segment << 16 | bus << 8 | device << 3 | function")
        }
        return .pci(PCIAddress(number: number))
    }

    private static func ports(_ text: String) throws(LabelMistake) -> Device {
        let range = try range(text, "port")
        guard range.upperBound <= Self.highestPort else {
            throw LabelMistake("`\(text)`: there are no ports above 0xffff; memory has `memory`")
        }
        return .ports(UInt32(range.lowerBound)...UInt32(range.upperBound))
    }

    private static func node(_ text: String) throws(LabelMistake) -> Device {
        guard text.hasPrefix("/"), text.utf8.count <= AnalysedPolicy.maximumNameLength,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\"") })
        else {
            throw LabelMistake("`\(text)` is no path of the device tree: one begins with `/` and has neither spaces nor quotes, such as `/soc/serial@7e201000`")
        }
        return .node(Name(text))
    }

    private static func range(_ text: String, _ what: String) throws(LabelMistake) -> ClosedRange<UInt64> {
        if let plus = text.firstIndex(of: "+") {
            let low = try DeviceNumber.read(text[..<plus], what, isAddress: true)
            let words = text[text.index(after: plus)...]
            guard let size = DeviceNumber.size(words) else {
                throw LabelMistake("`\(words)` is no size: it is a number, or one with K, M, G or T, such as `128K`")
            }
            let (high, isTooHigh) = low.addingReportingOverflow(size - 1)
            guard !isTooHigh else { throw LabelMistake("`\(text)` goes on behind the last \(what) that there can be") }
            return low...high
        }
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let low = try DeviceNumber.read(parts[0], what, isAddress: true)
        guard parts.count == 2 else { return low...low }
        let high = try DeviceNumber.read(parts[1], what, isAddress: true)
        guard low <= high else { throw LabelMistake("`\(text)` ends before it begins") }
        return low...high
    }
}
