import Flask

/// What the permissions of a policy's classes mean for flows, as bits of each class.
struct FlowMeanings {
    /// By class number, the permissions that carry information to the target, and from it.
    private(set) var writes: [UInt32]
    private(set) var reads: [UInt32]
    /// Those of them for which contexts decide, beside rules.
    private(set) var checked: [UInt32]
    /// Those that the table does not name.
    private(set) var unknown: [UInt32]
    private var weights: [[FlowWeights]]

    init(_ policy: Policy, _ table: FlowPermissions, _ settings: FlowSettings) {
        let count = policy.classes.count + 1
        writes = [UInt32](repeating: 0, count: count)
        (reads, checked, unknown) = (writes, writes, writes)
        weights = [[FlowWeights]](repeating: [FlowWeights](repeating: FlowWeights(), count: 32), count: count)
        for (index, entry) in policy.classes.enumerated() {
            let number = index + 1
            for permission in policy.permissions(of: entry) {
                let bit: UInt32 = 1 << (permission.number - 1)
                let known = table.weights(ofClass: entry.name, permission.name)
                if known == nil { unknown[number] |= bit }
                let most = FlowWeights.range.upperBound
                let meant = known ?? (settings.unknown == .both ? FlowWeights(read: most, write: most) : FlowWeights())
                weights[number][Int(permission.number - 1)] = meant
                if meant.write >= max(1, settings.minimumWeight) { writes[number] |= bit }
                if meant.read >= max(1, settings.minimumWeight) { reads[number] |= bit }
                // The change of a role is allowed or not (Xen, xen/xsm/flask/ss/services.c: `context_struct_compute_av`).
                if permission.name == "transition", ["domain", "process"].contains(entry.name) { checked[number] |= bit }
            }
            for constraint in entry.constraints { checked[number] |= constraint.permissions }
        }
    }

    func weights(ofClass number: Int, bit: Int) -> FlowWeights { weights[number][bit] }

    /// The permissions that carry information one way.
    func permissions(ofClass number: Int, isWrite: Bool) -> UInt32 { isWrite ? writes[number] : reads[number] }
}
