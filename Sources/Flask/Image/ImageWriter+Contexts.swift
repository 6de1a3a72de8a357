extension ImageWriter {
    mutating func writeObjectContexts() throws(ImageWriteError) {
        out.append(count: policy.initialContexts.count)
        for initial in policy.initialContexts {
            out.append(initial.sid)
            write(initial.context)
        }
        switch policy.target {
        case .xen: try writeDeviceContexts()
        case .selinux: writeNetworkContexts()
        }
    }

    private mutating func writeDeviceContexts() throws(ImageWriteError) {
        let devices = policy.deviceContexts
        out.append(count: devices.interrupts.count)
        for entry in devices.interrupts {
            out.append(entry.number)
            write(entry.context)
        }
        out.append(count: devices.ioPorts.count)
        for entry in devices.ioPorts {
            out.append(entry.low)
            out.append(entry.high)
            write(entry.context)
        }
        out.append(count: devices.ioMemory.count)
        for entry in devices.ioMemory {
            if version.hasDeviceTree {
                out.append(entry.low)
                out.append(entry.high)
            } else {
                // An image may hold a range that descends.
                let highest = max(entry.low, entry.high)
                guard highest <= UInt64(UInt32.max) else {
                    throw .ioMemoryTooHigh(highest, version: version.number)
                }
                out.append(UInt32(entry.low))
                out.append(UInt32(entry.high))
            }
            write(entry.context)
        }
        out.append(count: devices.pciDevices.count)
        for entry in devices.pciDevices {
            out.append(entry.address)
            write(entry.context)
        }
        guard version.hasDeviceTree else { return }
        out.append(count: devices.deviceTreeNodes.count)
        for entry in devices.deviceTreeNodes {
            out.append(count: entry.path.bytes.count)
            out.append(entry.path)
            write(entry.context)
        }
    }

    private mutating func writeNetworkContexts() {
        let network = policy.networkContexts
        write(network.filesystems)
        out.append(count: network.ports.count)
        for port in network.ports {
            out.append(port.transport)
            out.append(port.low)
            out.append(port.high)
            write(port.context)
        }
        write(network.interfaces)
        write(network.nodes)
        out.append(count: network.filesystemUses.count)
        for use in network.filesystemUses {
            out.append(use.behaviour)
            out.append(count: use.name.bytes.count)
            out.append(use.name)
            write(use.context)
        }
        if version.contextKinds > 6 { write(network.nodes6) }
        if version.contextKinds > 7 { writeInfiniBandContexts() }
    }

    private mutating func write(_ entries: [NetworkContexts.Named]) {
        out.append(count: entries.count)
        for entry in entries {
            out.append(count: entry.name.bytes.count)
            out.append(entry.name)
            write(entry.first)
            write(entry.second)
        }
    }

    private mutating func write(_ nodes: [NetworkContexts.Node]) {
        out.append(count: nodes.count)
        for node in nodes {
            out.append(raw: node.address)
            out.append(raw: node.mask)
            write(node.context)
        }
    }

    private mutating func writeInfiniBandContexts() {
        out.append(count: policy.networkContexts.partitionKeys.count)
        for key in policy.networkContexts.partitionKeys {
            out.append(raw: key.subnetPrefix)
            out.append(key.low)
            out.append(key.high)
            write(key.context)
        }
        out.append(count: policy.networkContexts.endPorts.count)
        for endPort in policy.networkContexts.endPorts {
            out.append(count: endPort.device.bytes.count)
            out.append(endPort.port)
            out.append(endPort.device)
            write(endPort.context)
        }
    }

    mutating func writeGenfs() {
        out.append(count: policy.genfsContexts.count)
        for genfs in policy.genfsContexts {
            out.append(count: genfs.filesystem.bytes.count)
            out.append(genfs.filesystem)
            out.append(count: genfs.entries.count)
            for entry in genfs.entries {
                out.append(count: entry.path.bytes.count)
                out.append(entry.path)
                out.append(entry.objectClass)
                write(entry.context)
            }
        }
    }
}
