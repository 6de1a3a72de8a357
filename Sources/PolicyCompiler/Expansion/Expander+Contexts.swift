import Flask

extension Expander {
    private func context(_ context: ResolvedContext) -> SecurityContext {
        SecurityContext(
            user: userNumbers[context.user], role: roleNumbers[context.role],
            type: UInt32(types.places[context.type] + 1), range: context.range)
    }

    mutating func expandContexts() {
        for (index, sid) in resolution.initialSIDs.enumerated().reversed() {
            guard let context = sid.context else { continue }
            policy.initialContexts.append(
                InitialContext(sid: UInt32(index + 1), context: self.context(context)))
        }
        let contexts = resolution.contexts
        policy.deviceContexts.interrupts = contexts.interrupts.map { .init(number: $0.number, context: context($0.context)) }
        policy.deviceContexts.ioPorts = contexts.ioPorts.map {
            .init(low: $0.low, high: $0.high, context: context($0.context))
        }
        policy.deviceContexts.ioMemory = contexts.ioMemory.map {
            .init(low: $0.low, high: $0.high, context: context($0.context))
        }
        policy.deviceContexts.pciDevices = contexts.pciDevices.map {
            .init(address: $0.address, context: context($0.context))
        }
        policy.deviceContexts.deviceTreeNodes = contexts.deviceTreeNodes.map {
            .init(path: $0.path, context: context($0.context))
        }
        policy.networkContexts.ports = contexts.ports.map {
            .init(transport: $0.transport, low: $0.low, high: $0.high, context: context($0.context))
        }
        policy.networkContexts.interfaces = contexts.interfaces.reversed().map {
            .init(name: $0.name, first: context($0.first), second: context($0.second))
        }
        policy.networkContexts.nodes = contexts.nodes.map {
            .init(address: $0.address, mask: $0.mask, context: context($0.context))
        }
        policy.networkContexts.nodes6 = contexts.nodes6.map {
            .init(address: $0.address, mask: $0.mask, context: context($0.context))
        }
        policy.networkContexts.filesystemUses = contexts.filesystemUses.reversed().map {
            .init(behaviour: $0.behaviour, name: $0.name, context: context($0.context))
        }
        policy.networkContexts.partitionKeys = contexts.partitionKeys.map {
            .init(subnetPrefix: $0.prefix, low: $0.low, high: $0.high, context: context($0.context))
        }
        policy.networkContexts.endPorts = contexts.endPorts.map {
            .init(device: $0.device, port: $0.port, context: context($0.context))
        }
        policy.genfsContexts = contexts.genfs.map { genfs in
            GenfsContexts(
                filesystem: genfs.filesystem,
                entries: genfs.entries.map {
                    .init(path: $0.path, objectClass: $0.objectClass, context: context($0.context))
                })
        }
    }
}
