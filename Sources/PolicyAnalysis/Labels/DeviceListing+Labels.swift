import Flask

extension DeviceListing {
    /// What labels the devices with these addresses, or all. A page or line that several of them share is labelled once, with the first;
    /// it is the same that `flask-label-pci` labels at run time (Xen, tools/flask/utils/label-pci.c), but for what lies behind bridges.
    ///
    /// Throws ``LabelMistake`` for an address that the listing does not have.
    public func labels(for addresses: [PCIAddress] = []) throws(LabelMistake) -> [DeviceLabels] {
        for address in addresses where !devices.contains(where: { $0.address == address }) {
            let known = devices.prefix(6).map(\.address.description).joined(separator: ", ")
            throw LabelMistake("the listing has no device \(address): it has \(known)\(devices.count > 6 ? ", …" : "")")
        }
        let wanted = Set(addresses)
        let chosen = devices.filter { addresses.isEmpty || wanted.contains($0.address) }
        let others = addresses.isEmpty ? [] : devices.filter { !wanted.contains($0.address) }
        var labeller = ListingLabeller(chosen: chosen, others: others)
        return labeller.labels()
    }
}

/// Labels devices of a listing together.
private struct ListingLabeller {
    /// What a device has of a kind, as numbers of the kind.
    private struct Piece {
        let device: Int
        let range: ClosedRange<UInt64>
    }

    /// Those to be labelled, and behind them the others, with which they may share something.
    private let devices: [ListedDevice]
    private let count: Int
    private static let remarkLimit = 100
    private var remarks: [[String]]
    private var labelled: [[Device]]

    init(chosen: [ListedDevice], others: [ListedDevice]) {
        devices = chosen + others
        count = chosen.count
        remarks = [[String]](repeating: [], count: count)
        labelled = chosen.map { [.pci($0.address)] }
    }

    mutating func labels() -> [DeviceLabels] {
        for place in 0..<count { remark(place) }
        add(pieces { device in device.line.map { [UInt64($0)...UInt64($0)] } ?? [] }, "interrupt line") { .interrupt(UInt32(truncatingIfNeeded: $0.lowerBound)) }
        add(pieces { Self.joined($0.ranges(of: .memory).map { PageFrames(bytes: $0).frames }) }, "page frame") { range in PageFrames(frames: range).map { .memory($0) } }
        add(pieces { Self.joined($0.ranges(of: .ports).filter { $0.upperBound <= UInt64(Device.highestPort) }) }, "port") {
            .ports(UInt32(truncatingIfNeeded: $0.lowerBound)...UInt32(truncatingIfNeeded: $0.upperBound))
        }
        return (0..<count).map { DeviceLabels(device: devices[$0], labelled: labelled[$0], remarks: remarks[$0]) }
    }

    /// Ranges of a device that meet are one.
    private static func joined(_ ranges: [ClosedRange<UInt64>]) -> [ClosedRange<UInt64>] {
        var result: [ClosedRange<UInt64>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = result.last, last.upperBound >= range.lowerBound {
                result[result.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                result.append(range)
            }
        }
        return result
    }

    private func pieces(_ ranges: (ListedDevice) -> [ClosedRange<UInt64>]) -> [Piece] {
        devices.enumerated().flatMap { place, device in ranges(device).map { Piece(device: place, range: $0) } }
    }

    /// Gives each device what no device before it has.
    private mutating func add(_ pieces: [Piece], _ what: String, _ device: (ClosedRange<UInt64>) -> Device?) {
        let searched = SearchedRanges(pieces.map { ($0.range.lowerBound, $0.range.upperBound) })
        var ranges: [[ClosedRange<UInt64>]] = Array(repeating: [], count: count)
        for stretch in searched.stretches {
            let owner = pieces[stretch.owner].device
            if owner < count { ranges[owner].append(stretch.range) }
        }
        for (owner, list) in ranges.enumerated() { labelled[owner] += list.compactMap(device) }
        tellShared(pieces, searched, what)
    }

    /// Labels hold for whole pages and lines: what shares one with another device shares its label.
    private mutating func tellShared(_ pieces: [Piece], _ searched: SearchedRanges, _ what: String) {
        let shared = searched.overlaps(limit: 10_000)
        if !shared.isComplete, count > 0 { tell(0, "more \(what)s are shared than are looked at: some of that is left out, here and below") }
        for overlap in shared.overlaps {
            let (owner, loser) = (pieces[overlap.owner].device, pieces[overlap.loser].device)
            guard owner != loser, owner < count else { continue }
            let isOne = overlap.range.lowerBound == overlap.range.upperBound
            let numbers = what == "interrupt line" ? String(overlap.range.lowerBound) : DeviceNumber.text(overlap.range)
            let thing = "\(what)\(isOne ? "" : "s") \(numbers)"
            tell(owner, "\(thing) \(isOne ? "belongs" : "belong") to \(devices[loser].address) too: whoever may use one device reaches the other through it")
            if loser < count { tell(loser, "\(thing) \(isOne ? "is" : "are") labelled with \(devices[owner].address)") }
        }
    }

    private mutating func tell(_ place: Int, _ remark: String) {
        guard remarks[place].count <= Self.remarkLimit, !remarks[place].contains(remark) else { return }
        remarks[place].append(remarks[place].count < Self.remarkLimit ? remark : "there is more to say about it, which is left out")
    }

    // MARK: What a listing does not say

    private mutating func remark(_ place: Int) {
        let device = devices[place]
        for region in device.regions { for remark in region.remarks { tell(place, remark) } }
        if let number = device.interrupt, device.interruptIsMessage {
            tell(
                place,
                "it uses message interrupts (MSI), which have its own label: \(number) is the number of one in Linux, and no line. If it is to use its line, `lspci -b -vvn` shows that"
            )
        }
        if device.isBridge { tell(place, "it is a bridge: what lies behind it belongs to the devices there, and is not labelled with it") }
        if device.hasVirtualFunctions { tell(place, "its virtual functions are devices of their own: their registers are not labelled with it") }
        if device.hasTooManyRegions { tell(place, "the listing has more ranges for it than a device can have: the rest is left out") }
        if device.standsTwice { tell(place, "the listing has it twice: what stands there first is taken") }
        if !device.hasDetails { tell(place, "the listing does not show its registers: `lspci -vvn` does") }
    }
}

extension ListedDevice {
    fileprivate var line: UInt32? { interruptIsMessage ? nil : interrupt }

    fileprivate func ranges(of space: Region.Space) -> [ClosedRange<UInt64>] {
        regions.filter { $0.space == space && !$0.isLegacyPorts && !$0.isCopy }.compactMap(\.bytes)
    }
}

extension ListedDevice.Region {
    /// Disk controllers in their old mode have ports that lspci takes for memory: 0x1f0, 0x3f6, 0x170, 0x376.
    fileprivate var isLegacyPorts: Bool { space == .memory && isVirtual && !isROM && (address ?? .max) < 0x1000 && (size ?? 0) <= 16 }

    /// The machine keeps copies of ROMs in its first megabyte.
    fileprivate var isCopy: Bool { isROM && (address ?? .max) < 0x10_0000 }

    fileprivate var remarks: [String] {
        let name = space == .ports ? "ports" : isROM ? "ROM" : "memory"
        guard let address else { return ["some of its \(name) has no address yet: label it when it has one"] }
        let start = DeviceNumber.hex(address)
        if isLegacyPorts { return ["\(start) is a port of the old disk interface, which lspci takes for memory: it is the machine's"] }
        if isCopy { return ["the copy of its ROM at \(start) is in the machine's first megabyte and not its own: it is not labelled"] }
        guard let bytes else {
            return [
                size == nil
                    ? "the size of its \(name) at \(start) is not in the listing: lspci on the running machine knows it, or /sys/bus/pci/devices/…/resource"
                    : "its \(name) at \(start) would not end: it is left out"
            ]
        }
        if space == .ports { return bytes.upperBound > UInt64(Device.highestPort) ? ["its ports at \(start) are above 0xffff: they are left out"] : [] }
        var remarks: [String] = []
        let pages = PageFrames(bytes: bytes)
        if pages.before != nil || pages.behind != nil {
            remarks.append("its \(name) \(DeviceNumber.text(bytes)) does not fill its pages: \(DeviceNumber.text(pages.allBytes)) is labelled as a whole")
        }
        if pages.frames.upperBound > UInt64(UInt32.max) { remarks.append("its \(name) at \(start) lies above 16 TiB: version 24, before Xen 4.6, cannot hold it") }
        return remarks
    }
}
