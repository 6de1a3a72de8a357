package import Flask

// Statements that are no rules of types: each is looked up among its like.

extension StatementOrigins {
    private func statements<Entry>(
        _ list: (ScopeContents) -> [Entry], node: (Entry) -> UInt32, where isMeant: (Entry) -> Bool
    ) -> [UInt32] {
        var found: [UInt32] = []
        for scope in scopes {
            for entry in list(resolution.contents[Int(scope)]) where isMeant(entry) { found.append(node(entry)) }
        }
        return found.sorted()
    }

    package func statements(of allow: RoleAllow) -> [UInt32] {
        return statements(\.roleAllows, node: \.node) {
            roles($0.sources).contains(Int(allow.role) - 1) && roles($0.targets).contains(Int(allow.newRole) - 1)
        }
    }

    package func statements(of transition: RoleTransition) -> [UInt32] {
        return statements(\.roleTransitions, node: \.node) {
            $0.classes.contains(transition.objectClass) && roleNumbers[$0.newRole] == transition.newRole
                && roles($0.roles).contains(Int(transition.role) - 1) && holds($0.types, transition.type)
        }
    }

    package func statements(of transition: RangeTransition) -> [UInt32] {
        return statements(\.rangeTransitions, node: \.node) {
            $0.classes.contains(transition.objectClass) && $0.range == transition.range && holds($0.source, transition.source)
                && holds($0.target, transition.target)
        }
    }

    package func statements(of transition: FilenameTransition, source: UInt32) -> [UInt32] {
        return statements(\.filenameTransitions, node: \.node) {
            $0.objectClass == transition.objectClass && syntax.identifiers.bytes(of: $0.name).elementsEqual(transition.name.bytes)
                && holds($0.source, source) && (holds($0.target, transition.target) || $0.includesSelf && source == transition.target)
        }
    }

    /// Of a class's constraints, or of its validatetrans statements, the one at a place in the policy: the last one comes first there.
    package func statements(ofConstraint place: Int, ofClass number: Int, isTransition: Bool) -> [UInt32] {
        let found = resolution.constraints.filter { Int($0.objectClass) == number && ($0.permissions == nil) == isTransition }
        guard found.indices.contains(place) else { return [] }
        return [found[found.count - 1 - place].node]
    }

    /// The statements that give an initial SID or a device its context.
    package func statements(of label: Label) -> [UInt32] {
        syntax.nodes.indices.filter { index in
            switch (syntax.nodes[index].statement, label) {
            case (.initialContext(let name, _), .initialSID(let wanted)), (.deviceTreeContext(let name, _), .deviceTreeNode(let wanted)):
                syntax.identifiers.bytes(of: name.identifier).elementsEqual(wanted.bytes)
            case (.interruptContext(let number, _), .interrupt(let wanted)): number == wanted
            case (.ioPortContext(let low, let high, _), .ioPorts(let wantedLow, let wantedHigh)): (low, high) == (wantedLow, wantedHigh)
            case (.ioMemoryContext(let low, let high, _), .ioMemory(let wantedLow, let wantedHigh)): (low, high) == (wantedLow, wantedHigh)
            case (.pciDeviceContext(let address, _), .pciDevice(let wanted)): address == wanted
            default: false
            }
        }.map { UInt32($0) }
    }

    /// What has a context of its own.
    package enum Label {
        case initialSID(Name)
        case interrupt(UInt32)
        case ioPorts(UInt32, UInt32)
        case ioMemory(UInt64, UInt64)
        case pciDevice(UInt32)
        case deviceTreeNode(Name)
    }

    /// Role attributes are replaced by their roles; indices.
    private func roles(_ entries: [Int]) -> Set<Int> {
        var result: Set<Int> = []
        for entry in entries where roleNumbers[entry] != 0 {
            let place = Int(roleNumbers[entry]) - 1
            if let members = roleMembers[place] { result.formUnion(members) } else { result.insert(place) }
        }
        return result
    }

    private func holds(_ set: TypeSet, _ type: UInt32) -> Bool {
        var types = types
        var members: [UInt16] = []
        types.expand(set, resolution, always: true, into: &members)
        return members.contains { UInt32($0) + 1 == type }
    }
}
