import Diagnostics
import Flask
import PolicyCompiler

extension InventoryLister {
    func listContexts(_ kind: InventoryKind, _ found: inout InventorySelection) throws(QuestionMistake) {
        let devices = policy.deviceContexts
        switch kind {
        case .initialSIDs:
            for entry in policy.initialContexts.sorted(by: { $0.sid < $1.sid }) {
                let name = texts.name(ofInitialSID: entry.sid)
                try found.add(Name(name)) { (writer.text(entry, named: name), context(entry.context)) }
            }
        case .interrupts:
            for entry in devices.interrupts {
                let number = UInt64(entry.number)
                try found.add(Name("\(number)"), range: number...number) { (writer.text(entry), context(entry.context)) }
            }
        case .ioPorts:
            for entry in devices.ioPorts {
                try found.add(range(entry.low, entry.high), range: UInt64(entry.low)...UInt64(max(entry.low, entry.high))) {
                    (writer.text(entry), context(entry.context))
                }
            }
        case .ioMemory:
            for entry in devices.ioMemory {
                try found.add(range(entry.low, entry.high), range: entry.low...max(entry.low, entry.high)) {
                    (writer.text(entry), context(entry.context))
                }
            }
        case .pciDevices:
            for entry in devices.pciDevices {
                let number = UInt64(entry.address)
                try found.add(range(number, number), range: number...number) { (writer.text(entry), context(entry.context)) }
            }
        default:
            for entry in devices.deviceTreeNodes { try found.add(entry.path) { (writer.text(entry), context(entry.context)) } }
        }
    }

    func listNetwork(_ kind: InventoryKind, _ found: inout InventorySelection) throws(QuestionMistake) {
        let network = policy.networkContexts
        switch kind {
        case .filesystemUses:
            for entry in network.filesystemUses {
                try found.add(entry.name) {
                    (written { () throws(DecompilationError) in try writer.text(entry) }, context(entry.context))
                }
            }
        case .genfsContexts:
            for genfs in policy.genfsContexts {
                for entry in genfs.entries {
                    try found.add(genfs.filesystem) {
                        (written { () throws(DecompilationError) in try writer.text(entry, on: genfs.filesystem) }, context(entry.context))
                    }
                }
            }
        case .ports:
            for entry in network.ports {
                let name = Name(entry.low == entry.high ? "\(entry.low)" : "\(entry.low)-\(entry.high)")
                try found.add(name, range: UInt64(entry.low)...UInt64(max(entry.low, entry.high))) {
                    (written { () throws(DecompilationError) in try writer.text(entry) }, context(entry.context))
                }
            }
        case .interfaces:
            for entry in network.interfaces { try found.add(entry.name) { (writer.text(interface: entry), context(entry.first)) } }
        case .nodes:
            for entry in network.nodes + network.nodes6 {
                let text = writer.text(entry)
                let address = text.bytes.split(separator: UInt8(ascii: " ")).dropFirst().first.map(Array.init) ?? []
                try found.add(Name(bytes: address)) { (text, context(entry.context)) }
            }
        case .partitionKeys:
            for entry in network.partitionKeys {
                let range = UInt64(entry.low)...UInt64(max(entry.low, entry.high))
                try found.add(self.range(entry.low, entry.high), range: range) { (writer.text(entry), context(entry.context)) }
            }
        default:
            for entry in network.endPorts { try found.add(entry.device) { (writer.text(entry), context(entry.context)) } }
        }
    }

    /// What has no name in the language, such as a port's protocol, is told as a comment.
    private func written(_ text: () throws(DecompilationError) -> PolicyText) -> PolicyText {
        do throws(DecompilationError) {
            return try text()
        } catch {
            return "# \(error.diagnostic.message)"
        }
    }

    private func context(_ context: SecurityContext) -> [InventoryEntry.Members] {
        [.init("context", [Name(bytes: writer.context(context).bytes)])]
    }

    private func range(_ low: some FixedWidthInteger, _ high: some FixedWidthInteger) -> Name {
        let (first, last) = (String(low, radix: 16), String(high, radix: 16))
        return Name(first == last ? "0x\(first)" : "0x\(first)-0x\(last)")
    }
}
