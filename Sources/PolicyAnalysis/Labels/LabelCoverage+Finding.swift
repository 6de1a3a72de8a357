import Flask
import PolicyCompiler

extension AnalysedPolicy {
    /// Which devices the policy labels. Throws ``QuestionMistake/tooLong(limit:)``.
    public func labelCoverage() throws(QuestionMistake) -> LabelCoverage {
        let release = searchingRelease
        // As Xen has them, but with the numbers that were written.
        let searched = policy.deviceContexts.loaded(by: release)
        var finder = CoverageFinder(analysed: self)
        try finder.add(searched.pciDevices.map { ($0.address.range, .pciDevice($0)) })
        try finder.addInterrupts(policy.deviceContexts.interrupts)
        try finder.add(searched.ioMemory.map { ((low: $0.low, high: $0.high), .ioMemory($0)) })
        try finder.add(searched.ioPorts.map { ((low: UInt64($0.low), high: UInt64($0.high)), .ioPorts($0)) })
        try finder.addNodes(searched.deviceTreeNodes)
        return LabelCoverage(release: release, entries: finder.entries, mistakes: finder.mistakes, hasMoreMistakes: finder.hasMoreMistakes)
    }
}

/// Goes through the statements about devices, kind by kind.
private struct CoverageFinder {
    let analysed: AnalysedPolicy
    private(set) var entries: [LabelCoverage.Entry] = []
    private(set) var mistakes: [LabelCoverage.Mistake] = []
    private(set) var hasMoreMistakes = false
    private var length = 0

    private static let mistakeLimit = 1_000

    init(analysed: AnalysedPolicy) {
        self.analysed = analysed
    }

    typealias Searched = (range: (low: UInt64, high: UInt64), statement: PolicyStatement)

    mutating func addInterrupts(_ interrupts: [DeviceContexts.Interrupt]) throws(QuestionMistake) {
        try add(interrupts.map { (($0.number & 0xffff).range, .interrupt($0)) })
    }

    mutating func addNodes(_ nodes: [DeviceContexts.DeviceTreeNode]) throws(QuestionMistake) {
        var numbers: [Name: UInt32] = [:]
        var searched: [Searched] = []
        for node in nodes {
            let number = numbers[node.path] ?? UInt32(numbers.count)
            numbers[node.path] = number
            searched.append((number.range, .deviceTreeNode(node)))
        }
        try add(searched)
    }

    /// Those of a kind, in the order in which they are searched.
    mutating func add(_ searched: [Searched]) throws(QuestionMistake) {
        guard !searched.isEmpty else { return }
        let told = try tell(searched.map(\.statement))
        let order = searched.indices.sorted {
            (searched[$0].range.low, searched[$0].range.high, $0) < (searched[$1].range.low, searched[$1].range.high, $1)
        }
        entries += order.map { .init(device: searched[$0].statement.device, statement: told[$0]) }
        for place in order { if let kind = lonelyMistake(searched[place]) { add(.init(kind: kind, statement: told[place], winner: nil, shared: nil, isHarmless: false)) } }
        let ranges = SearchedRanges(searched.map(\.range))
        let (overlaps, isComplete) = ranges.overlaps(limit: Self.mistakeLimit)
        if !isComplete { hasMoreMistakes = true }
        for overlap in overlaps {
            let (loser, owner) = (searched[overlap.loser], searched[overlap.owner])
            let isAll = loser.range == owner.range
            add(
                .init(
                    kind: isAll ? .duplicate : .overlap, statement: told[overlap.loser], winner: told[overlap.owner],
                    shared: isAll ? nil : DeviceNumber.text(overlap.range),
                    isHarmless: loser.statement.context == owner.statement.context))
        }
    }

    private mutating func add(_ mistake: LabelCoverage.Mistake) {
        if mistakes.count < Self.mistakeLimit { mistakes.append(mistake) } else { hasMoreMistakes = true }
    }

    /// The statements in their order; an answer sorts them.
    private mutating func tell(_ statements: [PolicyStatement]) throws(QuestionMistake) -> [SearchAnswer.Entry] {
        let answer = try SearchAnswer(statements.map { FoundStatement($0) }, of: analysed, permissions: nil)
        length += answer.entries.reduce(0) { $0 + $1.text.count }
        guard length <= SearchAnswer.maximumLength else { throw .tooLong(limit: SearchAnswer.maximumLength) }
        let found = Dictionary(answer.entries.map { ($0.found.statement, $0) }, uniquingKeysWith: { first, _ in first })
        return statements.compactMap { found[$0] }
    }

    private func lonelyMistake(_ searched: Searched) -> LabelCoverage.Mistake.Kind? {
        let range = searched.range
        guard range.low <= range.high else { return .empty }
        let version = analysed.policy.version
        switch searched.statement {
        case .interrupt(let entry): return entry.number > Device.highestInterrupt ? .interruptTooHigh(entry.number & Device.highestInterrupt) : nil
        case .ioPorts: return range.high > UInt64(Device.highestPort) ? .outOfRange : nil
        case .ioMemory:
            if version < 30, range.high > UInt64(UInt32.max) { return .frameTooHigh(version: version) }
            return range.high > PageFrames.highest ? .outOfRange : nil
        default: return nil
        }
    }
}

extension UInt32 {
    fileprivate var range: (low: UInt64, high: UInt64) { (UInt64(self), UInt64(self)) }
}

extension PolicyStatement {
    /// What a statement about devices labels; nil where that is nothing.
    fileprivate var device: Device? {
        switch self {
        case .interrupt(let entry): .interrupt(entry.number)
        case .ioPorts(let entry): entry.low <= entry.high ? .ports(entry.low...entry.high) : nil
        case .ioMemory(let entry): entry.low <= entry.high ? PageFrames(frames: entry.low...entry.high).map { .memory($0) } : nil
        case .pciDevice(let entry): .pci(PCIAddress(number: entry.address))
        case .deviceTreeNode(let entry): .node(entry.path)
        default: nil
        }
    }
}
