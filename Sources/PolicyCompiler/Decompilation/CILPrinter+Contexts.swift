import Flask

extension CILPrinter {
    mutating func printContexts() throws(DecompilationError) {
        for initial in policy.initialContexts.sorted(by: { $0.sid < $1.sid }) {
            guard initial.sid > 0, initial.sid <= sids.names.count else { continue }
            lines.append("(sidcontext \(sids.names[Int(initial.sid) - 1]) \(context(initial.context)))")
        }
        for genfs in policy.genfsContexts {
            for entry in genfs.entries {
                let file = try FileClass(entry.objectClass, names).word.map { " \($0)" } ?? ""
                lines.append("(genfscon \(genfs.filesystem) \"\(names.path(entry))\"\(file) \(context(entry.context)))")
            }
        }
        switch policy.target {
        case .xen: printDevices()
        case .selinux: try printNetwork()
        }
    }

    private func context(_ context: SecurityContext) -> PolicyText {
        "(\(names.user(context.user)) \(names.role(context.role)) \(names.type(context.type)) \(range(context.range)))"
    }

    private func hexRange(_ low: some FixedWidthInteger, _ high: some FixedWidthInteger) -> PolicyText {
        UInt64(low) == UInt64(high) ? "\(hex: low)" : "(\(hex: low) \(hex: high))"
    }

    private func numbers(_ low: UInt32, _ high: UInt32) -> PolicyText {
        low == high ? "\(low)" : "(\(low) \(high))"
    }

    private mutating func printDevices() {
        let devices = policy.deviceContexts
        for entry in devices.interrupts { lines.append("(pirqcon \(entry.number) \(context(entry.context)))") }
        for entry in devices.ioPorts { lines.append("(ioportcon \(hexRange(entry.low, entry.high)) \(context(entry.context)))") }
        for entry in devices.ioMemory { lines.append("(iomemcon \(hexRange(entry.low, entry.high)) \(context(entry.context)))") }
        for entry in devices.pciDevices { lines.append("(pcidevicecon \(hex: entry.address) \(context(entry.context)))") }
        for entry in devices.deviceTreeNodes { lines.append("(devicetreecon \"\(entry.path)\" \(context(entry.context)))") }
    }

    private mutating func printNetwork() throws(DecompilationError) {
        let network = policy.networkContexts
        for use in network.filesystemUses {
            lines.append("(fsuse \(try names.behaviour(use)) \(use.name) \(context(use.context)))")
        }
        for port in network.ports {
            let transport = try names.transport(port.transport)
            lines.append("(portcon \(transport) \(numbers(port.low, port.high)) \(context(port.context)))")
        }
        for entry in network.interfaces {
            lines.append("(netifcon \(entry.name) \(context(entry.first)) \(context(entry.second)))")
        }
        for node in network.nodes + network.nodes6 {
            lines.append("(nodecon (\(names.address(node.address))) (\(names.address(node.mask))) \(context(node.context)))")
        }
        for key in network.partitionKeys {
            let prefix = names.address(key.subnetPrefix + [UInt8](repeating: 0, count: 8))
            lines.append("(ibpkeycon \(prefix) \(numbers(key.low, key.high)) \(context(key.context)))")
        }
        for endPort in network.endPorts {
            lines.append("(ibendportcon \(endPort.device) \(endPort.port) \(context(endPort.context)))")
        }
    }
}
