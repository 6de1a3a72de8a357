import Flask

extension PolicyConfPrinter {
    mutating func printContexts() throws(DecompilationError) {
        for initial in policy.initialContexts.sorted(by: { $0.sid < $1.sid }) {
            guard initial.sid > 0, initial.sid <= sids.names.count else { continue }
            lines.append(statements.text(initial, named: sids.names[Int(initial.sid) - 1]))
        }
        switch policy.target {
        case .xen:
            try printGenfs()
            printDevices()
        case .selinux: try printNetwork()
        }
    }

    private mutating func printDevices() {
        let devices = policy.deviceContexts
        for entry in devices.interrupts { lines.append(statements.text(entry)) }
        for entry in devices.ioPorts { lines.append(statements.text(entry)) }
        for entry in devices.ioMemory { lines.append(statements.text(entry)) }
        for entry in devices.pciDevices { lines.append(statements.text(entry)) }
        for entry in devices.deviceTreeNodes { lines.append(statements.text(entry)) }
    }

    private mutating func printGenfs() throws(DecompilationError) {
        var result: [PolicyText] = []
        for genfs in policy.genfsContexts {
            for entry in genfs.entries { result.append(try statements.text(entry, on: genfs.filesystem)) }
        }
        lines.append(sorted: result)
    }

    private mutating func printNetwork() throws(DecompilationError) {
        let network = policy.networkContexts
        for entry in network.filesystems {
            // The name is that of a device, `major:minor` in two digits each.
            let parts = entry.name.bytes.split(separator: UInt8(ascii: ":")).map { Int(String(decoding: $0, as: UTF8.self), radix: 16) }
            guard parts.count == 2, let major = parts[0], let minor = parts[1] else { continue }
            lines.append("fscon \(major) \(minor) \(statements.context(entry.first)) \(statements.context(entry.second))")
        }
        for use in network.filesystemUses { lines.append(try statements.text(use)) }
        try printGenfs()
        for port in network.ports { lines.append(try statements.text(port)) }
        for entry in network.interfaces { lines.append(statements.text(interface: entry)) }
        for node in network.nodes + network.nodes6 { lines.append(statements.text(node)) }
        for key in network.partitionKeys { lines.append(statements.text(key)) }
        for endPort in network.endPorts { lines.append(statements.text(endPort)) }
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
