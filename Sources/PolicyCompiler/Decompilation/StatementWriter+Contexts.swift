package import Flask

extension StatementWriter {
    package func text(_ initial: InitialContext, named name: String) -> PolicyText {
        "sid \(name) \(context(initial.context))"
    }

    // MARK: Devices

    package func text(_ entry: DeviceContexts.Interrupt) -> PolicyText { Self.text(interrupt: entry.number, context(entry.context)) }
    package func text(_ entry: DeviceContexts.IOPorts) -> PolicyText { Self.text(ioPorts: entry.low, entry.high, context(entry.context)) }
    package func text(_ entry: DeviceContexts.IOMemory) -> PolicyText { Self.text(ioMemory: entry.low, entry.high, context(entry.context)) }
    package func text(_ entry: DeviceContexts.PCIDevice) -> PolicyText { Self.text(pciDevice: entry.address, context(entry.context)) }
    package func text(_ entry: DeviceContexts.DeviceTreeNode) -> PolicyText { Self.text(deviceTreeNode: entry.path, context(entry.context)) }

    // The same of contexts that need not be a policy's.

    package static func text(interrupt number: UInt32, _ context: PolicyText) -> PolicyText { "pirqcon \(number) \(context)" }
    package static func text(ioPorts low: UInt32, _ high: UInt32, _ context: PolicyText) -> PolicyText { "ioportcon \(hexRange(low, high)) \(context)" }
    package static func text(ioMemory low: UInt64, _ high: UInt64, _ context: PolicyText) -> PolicyText { "iomemcon \(hexRange(low, high)) \(context)" }
    package static func text(pciDevice number: UInt32, _ context: PolicyText) -> PolicyText { "pcidevicecon \(hex: number) \(context)" }
    package static func text(deviceTreeNode path: Name, _ context: PolicyText) -> PolicyText { "devicetreecon \"\(path)\" \(context)" }

    private static func hexRange(_ low: some FixedWidthInteger, _ high: some FixedWidthInteger) -> PolicyText {
        UInt64(low) == UInt64(high) ? "\(hex: low)" : "\(hex: low)-\(hex: high)"
    }

    // MARK: Files and the network

    package func text(_ entry: GenfsContexts.Entry, on filesystem: Name) throws(DecompilationError) -> PolicyText {
        let start: PolicyText = "genfscon \(filesystem) \"\(names.path(entry))\""
        let file = try FileClass(entry.objectClass, names)
        return "\(start)\(file.option) \(context(entry.context))"
    }

    package func text(_ use: NetworkContexts.FilesystemUse) throws(DecompilationError) -> PolicyText {
        "fs_use_\(try names.behaviour(use)) \(use.name) \(context(use.context));"
    }

    package func text(_ port: NetworkContexts.Port) throws(DecompilationError) -> PolicyText {
        let transport = try names.transport(port.transport)
        return "portcon \(transport) \(numbers(port.low, port.high)) \(context(port.context))"
    }

    package func text(interface entry: NetworkContexts.Named) -> PolicyText {
        "netifcon \(entry.name) \(context(entry.first)) \(context(entry.second))"
    }

    package func text(_ node: NetworkContexts.Node) -> PolicyText {
        "nodecon \(names.address(node.address)) \(names.address(node.mask)) \(context(node.context))"
    }

    package func text(_ key: NetworkContexts.PartitionKey) -> PolicyText {
        let prefix = names.address(key.subnetPrefix + [UInt8](repeating: 0, count: 8))
        return "ibpkeycon \(prefix) \(numbers(key.low, key.high)) \(context(key.context))"
    }

    package func text(_ endPort: NetworkContexts.EndPort) -> PolicyText {
        "ibendportcon \(endPort.device) \(endPort.port) \(context(endPort.context))"
    }

    private func numbers(_ low: UInt32, _ high: UInt32) -> PolicyText {
        low == high ? "\(low)" : "\(low)-\(high)"
    }
}
