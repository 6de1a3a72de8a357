import Flask
import PolicyAnalysis

extension DenialExplainer {
    /// What the policy's labels say of the hardware that a decision was about.
    func hardware(_ record: AuditRecord, target: SecurityContext, _ objects: [AuditObject], _ loaded: LoadedPolicy) -> [DenialCause] {
        guard let analysed, let context = try? loaded.text(of: target) else { return [] }
        var causes: [DenialCause] = []
        let all = objects + (record.subject.object.map { [$0] } ?? [])
        for object in all {
            // Where the line does not say which of two it is, the one counts whose context is the line's.
            var candidates: [(device: Device, labels: [LabelledStretch])] = []
            for device in devices(object, record, context) {
                if let labels = try? analysed.labels(of: device), !labels.isEmpty { candidates.append((device, labels)) }
            }
            let matching = candidates.first { $0.labels.contains { $0.context == context } }
            guard let (device, labels) = matching ?? (candidates.count == 1 ? candidates[0] : nil) else { continue }
            if let label = labels.first(where: { $0.context == context }) {
                guard case .initialSID(let name) = label.origin else { continue }
                causes.append(
                    .unlabelledHardware(device, initialSID: name, statement: device.statement(context: Self.placeholder(context))))
            } else if let label = labels.first, let other = label.context {
                var entry: SearchAnswer.Entry?
                if case .statement(let found) = label.origin { entry = found }
                causes.append(.labelledOtherwise(device, context: other, entry))
            }
        }
        return causes
    }

    /// What an object of a line can be, in the words of policies.
    private func devices(_ object: AuditObject, _ record: AuditRecord, _ context: [UInt8]) -> [Device] {
        switch object {
        case .device(let number): return UInt32(exactly: number).map { [.pci(PCIAddress(number: $0))] } ?? []
        case .interrupt(let number): return UInt32(exactly: number).map { [.interrupt($0)] } ?? []
        case .memory: return []
        case .deviceTreeNode(let path):
            // Of any bytes only those are a path that a policy can name.
            guard path.first == UInt8(ascii: "/"), path.count <= AnalysedPolicy.maximumNameLength,
                path.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\"") })
            else { return [] }
            return [.node(Name(bytes: path))]
        case .range(let low, let high):
            guard low <= high else { return [] }
            let names = Set(record.permissions)
            var devices: [Device] = []
            if names.isDisjoint(with: ["add_iomem", "remove_iomem"]), let low = UInt32(exactly: low), let high = UInt32(exactly: high), high <= 0xffff {
                devices.append(.ports(low...high))
            }
            if names.isDisjoint(with: ["add_ioport", "remove_ioport"]), let pages = PageFrames(frames: low...high) { devices.append(.memory(pages)) }
            return devices
        }
    }

    /// A context with `TYPE` in place of its type.
    private static func placeholder(_ context: [UInt8]) -> [UInt8] {
        var fields = context.split(separator: UInt8(ascii: ":"), maxSplits: 3, omittingEmptySubsequences: false)
        guard fields.count >= 3 else { return context }
        fields[2] = Array("TYPE".utf8)[...]
        return Array(fields.joined(separator: [UInt8(ascii: ":")]))
    }
}
