import Flask

/// The neverallow rules of a source, their sets expanded: which of them forbid an access is then looked up, however often.
package struct NeverAllowIndex: Sendable {
    private struct Entry {
        let sources: Bitmap
        let targets: Bitmap
        let includesSelf: Bool
        let excludesSelf: Bool
        let node: UInt32
        let permissions: UInt32
    }

    /// By class number.
    private var entries: [UInt16: [Entry]] = [:]

    package init(_ origins: StatementOrigins) {
        let resolution = origins.resolution
        var expansion = origins.types
        var types: [UInt16] = []
        for scope in origins.scopes {
            for rule in resolution.contents[Int(scope)].rules where rule.kind == .access(.neverAllow) {
                expansion.expand(rule.source, resolution, always: true, into: &types)
                let sources = Bitmap(types.map { Int($0) })
                expansion.expand(rule.target, resolution, always: true, into: &types)
                // `-self` alone means every target but the source.
                let targets = rule.selfTarget == .excluded && types.isEmpty ? Bitmap(expansion.entries.indices) : Bitmap(types.map { Int($0) })
                for pool in rule.classes {
                    let data = resolution.classPool[Int(pool)]
                    entries[data.objectClass, default: []].append(
                        Entry(
                            sources: sources, targets: targets, includesSelf: rule.selfTarget == .included,
                            excludesSelf: rule.selfTarget == .excluded, node: rule.node, permissions: data.data))
                }
            }
        }
    }

    /// Whether there are such rules at all.
    package var isEmpty: Bool { entries.isEmpty }

    /// The statements that forbid any of the permissions, by their numbers, ascending.
    package func statements(forbidding permissions: UInt32, ofClass objectClass: UInt16, source: UInt32, target: UInt32) -> [UInt32] {
        let isSelf = source == target
        let found = (entries[objectClass] ?? []).filter { entry in
            entry.permissions & permissions != 0 && entry.sources.contains(Int(source) - 1) && !(isSelf && entry.excludesSelf)
                && (entry.targets.contains(Int(target) - 1) || isSelf && entry.includesSelf)
        }
        return Set(found.map(\.node)).sorted()
    }
}

extension StatementOrigins {
    /// The statements that bound a type, by their numbers, ascending.
    package func statements(bounding type: UInt32) -> [UInt32] {
        var found: [UInt32] = []
        for scope in scopes {
            for entry in resolution.contents[Int(scope)].typeBounds where types.place(Int32(entry.child)) == Int(type) - 1 { found.append(entry.node) }
        }
        return found.sorted()
    }
}
