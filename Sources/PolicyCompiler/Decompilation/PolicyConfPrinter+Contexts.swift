import Flask

extension PolicyConfPrinter {
    mutating func printContexts() throws(DecompilationError) {
        for initial in policy.initialContexts.sorted(by: { $0.sid < $1.sid }) {
            guard initial.sid > 0, initial.sid <= sids.names.count else { continue }
            lines.append("sid \(sids.names[Int(initial.sid) - 1]) \(context(initial.context))")
        }
        switch policy.target {
        case .xen:
            try printGenfs()
            printDevices()
        case .selinux: try printNetwork()
        }
    }

    private func context(_ context: SecurityContext) -> PolicyText {
        let text: PolicyText = "\(names.user(context.user)):\(names.role(context.role)):\(names.type(context.type))"
        return policy.isMLS ? "\(text):\(range(context.range))" : text
    }

    private func hexRange(_ low: some FixedWidthInteger, _ high: some FixedWidthInteger) -> PolicyText {
        UInt64(low) == UInt64(high) ? "\(hex: low)" : "\(hex: low)-\(hex: high)"
    }

    private mutating func printDevices() {
        let devices = policy.deviceContexts
        for entry in devices.interrupts { lines.append("pirqcon \(entry.number) \(context(entry.context))") }
        for entry in devices.ioPorts { lines.append("ioportcon \(hexRange(entry.low, entry.high)) \(context(entry.context))") }
        for entry in devices.ioMemory { lines.append("iomemcon \(hexRange(entry.low, entry.high)) \(context(entry.context))") }
        for entry in devices.pciDevices { lines.append("pcidevicecon \(hex: entry.address) \(context(entry.context))") }
        for entry in devices.deviceTreeNodes { lines.append("devicetreecon \"\(entry.path)\" \(context(entry.context))") }
    }

    private mutating func printGenfs() throws(DecompilationError) {
        var result: [PolicyText] = []
        for genfs in policy.genfsContexts {
            for entry in genfs.entries {
                let start: PolicyText = "genfscon \(genfs.filesystem) \"\(names.path(entry))\""
                let file = try FileClass(entry.objectClass, names)
                result.append("\(start)\(file.option) \(context(entry.context))")
            }
        }
        lines.append(sorted: result)
    }

    private func numbers(_ low: UInt32, _ high: UInt32) -> PolicyText {
        low == high ? "\(low)" : "\(low)-\(high)"
    }

    private mutating func printNetwork() throws(DecompilationError) {
        let network = policy.networkContexts
        for entry in network.filesystems {
            // The name is that of a device, `major:minor` in two digits each.
            let parts = entry.name.bytes.split(separator: UInt8(ascii: ":")).map { Int(String(decoding: $0, as: UTF8.self), radix: 16) }
            guard parts.count == 2, let major = parts[0], let minor = parts[1] else { continue }
            lines.append("fscon \(major) \(minor) \(context(entry.first)) \(context(entry.second))")
        }
        for use in network.filesystemUses {
            lines.append("fs_use_\(try names.behaviour(use)) \(use.name) \(context(use.context));")
        }
        try printGenfs()
        for port in network.ports {
            let transport = try names.transport(port.transport)
            lines.append("portcon \(transport) \(numbers(port.low, port.high)) \(context(port.context))")
        }
        for entry in network.interfaces {
            lines.append("netifcon \(entry.name) \(context(entry.first)) \(context(entry.second))")
        }
        for node in network.nodes + network.nodes6 {
            lines.append("nodecon \(names.address(node.address)) \(names.address(node.mask)) \(context(node.context))")
        }
        for key in network.partitionKeys {
            let prefix = names.address(key.subnetPrefix + [UInt8](repeating: 0, count: 8))
            lines.append("ibpkeycon \(prefix) \(numbers(key.low, key.high)) \(context(key.context))")
        }
        for endPort in network.endPorts {
            lines.append("ibendportcon \(endPort.device) \(endPort.port) \(context(endPort.context))")
        }
    }
}

/// The class of files that a context is for, as the languages call it.
struct FileClass {
    /// In a policy.conf, with a space before it; empty for all classes.
    let option: String
    /// In CIL; nil for all classes.
    let word: String?

    init(_ number: UInt32, _ names: PolicyNames) throws(DecompilationError) {
        guard number != 0 else {
            (option, word) = ("", nil)
            return
        }
        let name = names.objectClass(number)
        switch name {
        case "file": (option, word) = (" --", "file")
        case "dir": (option, word) = (" -d", "dir")
        case "chr_file": (option, word) = (" -c", "char")
        case "blk_file": (option, word) = (" -b", "block")
        case "sock_file": (option, word) = (" -s", "socket")
        case "fifo_file": (option, word) = (" -p", "pipe")
        case "lnk_file": (option, word) = (" -l", "symlink")
        default: throw .unknownFileClass(name)
        }
    }
}
