public import Flask
import PolicyCompiler

extension AnalysedPolicy {
    /// The release of Xen as which devices are searched: the one that was named, or the newest that the policy fits, or the newest.
    public var searchingRelease: XenRelease { release ?? VocabularyOutline(policy).fittingReleases().last ?? .newest }

    /// Which contexts a device has, as Xen searches them, by ascending numbers.
    public func labels(of device: Device) throws(QuestionMistake) -> [LabelledStretch] { try labels(of: [device]).first ?? [] }

    /// Which contexts devices have, as Xen searches them, of each by ascending numbers.
    ///
    /// Throws ``QuestionMistake/tooLong(limit:)`` when there are more than can be told.
    public func labels(of devices: [Device]) throws(QuestionMistake) -> [[LabelledStretch]] {
        // Sorted once for all of them.
        let contexts = policy.deviceContexts.loaded(by: searchingRelease)
        let memory = SearchedRanges(contexts.ioMemory.map { (low: $0.low, high: $0.high) })
        let ports = SearchedRanges(contexts.ioPorts.map { (low: UInt64($0.low), high: UInt64($0.high)) })
        var parts: [[Part]] = []
        var count = 0
        for device in devices {
            let found: [Part]
            switch device {
            case .pci(let address): found = [(nil, contexts.pciDevices.first { $0.address == address.number }.map { .pciDevice($0) })]
            case .interrupt(let number): found = [(nil, contexts.interrupts.first { $0.number == number }.map { .interrupt($0) })]
            case .node(let path): found = [(nil, contexts.deviceTreeNodes.first { $0.path == path }.map { .deviceTreeNode($0) })]
            case .memory(let pages): found = try stretches(of: pages.frames, memory) { .ioMemory(contexts.ioMemory[$0]) }
            case .ports(let range):
                found = try stretches(of: UInt64(range.lowerBound)...UInt64(range.upperBound), ports) { .ioPorts(contexts.ioPorts[$0]) }
            }
            parts.append(found)
            count += found.count
            guard count <= Self.partLimit else { throw .tooLong(limit: SearchAnswer.maximumLength) }
        }
        return try told(parts, devices)
    }

    /// A device's context, checked to be one of the policy's.
    public func checkLabel(_ text: String) throws(QuestionMistake) { _ = try context(text, try loaded()) }

    /// A part of a device, and the statement about it; nil where there is none.
    private typealias Part = (range: ClosedRange<UInt64>?, statement: PolicyStatement?)

    /// Of one device, and of all.
    private static var stretchLimit: Int { 10_000 }
    private static var partLimit: Int { 1 << 20 }

    private func stretches(
        of range: ClosedRange<UInt64>, _ searched: SearchedRanges, _ statement: (Int) -> PolicyStatement
    ) throws(QuestionMistake) -> [Part] {
        var parts: [Part] = []
        var next: UInt64? = range.lowerBound
        for stretch in searched.stretches(in: range) {
            guard parts.count < Self.stretchLimit else { throw .tooLong(limit: SearchAnswer.maximumLength) }
            let part = stretch.range.clamped(to: range)
            if let start = next, start < part.lowerBound { parts.append((start...part.lowerBound - 1, nil)) }
            parts.append((part, statement(stretch.owner)))
            next = part.upperBound < range.upperBound ? part.upperBound + 1 : nil
        }
        if let next { parts.append((next...range.upperBound, nil)) }
        return parts
    }

    private func told(_ parts: [[Part]], _ devices: [Device]) throws(QuestionMistake) -> [[LabelledStretch]] {
        let statements = Set(parts.joined().compactMap(\.statement))
        let answer = try SearchAnswer(statements.map { FoundStatement($0) }, of: self, permissions: nil)
        let writer = StatementWriter(policy, usesSelf: false)
        // A context is written once, however often it is told.
        var labels: [PolicyStatement: (context: [UInt8], entry: SearchAnswer.Entry)] = [:]
        for entry in answer.entries {
            if let context = entry.found.statement.context { labels[entry.found.statement] = (writer.context(context).bytes, entry) }
        }
        var length = 0
        var result: [[LabelledStretch]] = []
        for (parts, device) in zip(parts, devices) {
            let fallback = parts.contains { $0.statement == nil } ? fallback(for: device.kind) : nil
            let unlabelled = fallback.flatMap { fallback in policy.initialContexts.first { $0.sid == fallback.number } }
            let context = unlabelled.map { writer.context($0.context).bytes }
            var stretches: [LabelledStretch] = []
            for part in parts {
                if let statement = part.statement, let label = labels[statement] {
                    stretches.append(LabelledStretch(range: part.range, context: label.context, origin: .statement(label.entry)))
                } else {
                    stretches.append(LabelledStretch(range: part.range, context: context, origin: .initialSID(name: fallback?.name ?? "")))
                }
                length += stretches.last?.context?.count ?? 0
                guard length <= SearchAnswer.maximumLength else { throw .tooLong(limit: SearchAnswer.maximumLength) }
            }
            result.append(stretches)
        }
        return result
    }

    /// The initial SID that Xen takes for what no statement is about (Xen, xen/xsm/flask/ss/services.c: `security_irq_sid` and others). A
    /// policy is searched for its own name of it: of another release the numbers may be others.
    private func fallback(for kind: StatementKind) -> (name: String, number: UInt32) {
        let names = initialSIDs().names
        for name in kind.fallbackNames {
            if let place = names.firstIndex(of: Name(name)) { return (name, UInt32(place + 1)) }
        }
        return (kind.fallbackNames[0], 0)
    }
}

extension PolicyStatement {
    /// The context that a statement about devices gives.
    var context: SecurityContext? {
        switch self {
        case .interrupt(let entry): entry.context
        case .ioPorts(let entry): entry.context
        case .ioMemory(let entry): entry.context
        case .pciDevice(let entry): entry.context
        case .deviceTreeNode(let entry): entry.context
        default: nil
        }
    }
}

extension StatementKind {
    /// Xen before 4.2 called interrupts otherwise.
    fileprivate var fallbackNames: [String] {
        switch self {
        case .interrupt: ["irq", "pirq"]
        case .ioPorts: ["ioport"]
        case .ioMemory: ["iomem"]
        default: ["device"]
        }
    }
}
