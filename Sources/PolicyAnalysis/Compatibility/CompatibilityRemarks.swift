import Flask

/// What there is to remark about a policy, by release.
struct CompatibilityRemarks {
    private let all: [CompatibilityRemark]
    private let handleUnknown: Policy.HandleUnknown
    /// Remarks about releases that do not put ranges in order.
    private let unordered: [CompatibilityRemark]

    init(_ policy: Policy) {
        handleUnknown = policy.handleUnknown
        var remarks: [CompatibilityRemark] = []
        func remark(_ count: Int, _ remark: (Int) -> CompatibilityRemark) { if count > 0 { remarks.append(remark(count)) } }
        if policy.handleUnknown == .reject { remarks.append(.rejectUnknownIgnored) }
        remark(policy.classes.reduce(0) { $0 + $1.defaults.statementCount }) { .defaultsIgnored(count: $0) }
        remark(policy.capabilities.count) { .capabilitiesIgnored(count: $0) }
        let domain = policy.classes.firstIndex { $0.name == "domain" }.map { UInt32($0 + 1) }
        // Before version 26 an image has no classes of role transitions.
        if policy.version >= 26 {
            remark(policy.roleTransitions.count { $0.objectClass != domain }) { .roleTransitionClassIgnored(count: $0) }
        }
        let devices = policy.deviceContexts
        if policy.version < 30 {
            remark(devices.deviceTreeNodes.count) { .deviceTreeNodesLeftOut(count: $0, version: policy.version) }
            let highest = UInt64(UInt32.max)
            remark(devices.ioMemory.count { max($0.low, $0.high) > highest }) { .framesTooHigh(count: $0, version: policy.version) }
        }
        remark(devices.interrupts.count { $0.number > 0xffff }) { .interruptsCut(count: $0) }
        all = remarks
        unordered =
            (Self.ascend(devices.ioMemory.map { ($0.low, $0.high) }) ? [] : [.rangesOutOfOrder(of: "iomemcon")])
            + (Self.ascend(devices.ioPorts.map { (UInt64($0.low), UInt64($0.high)) }) ? [] : [.rangesOutOfOrder(of: "ioportcon")])
    }

    func remarks(on release: XenRelease) -> [CompatibilityRemark] {
        var remarks = all
        if handleUnknown == .allow {
            remarks.insert(release.looksAtHandleUnknown ? .handleUnknownIsAboutOperations : .handleUnknownIgnored, at: 0)
        }
        return release.sortsRanges ? remarks : remarks + unordered
    }

    private static func ascend(_ ranges: [(low: UInt64, high: UInt64)]) -> Bool {
        zip(ranges, ranges.dropFirst()).allSatisfy { $0.high < $1.low }
    }
}

extension ObjectClass.Defaults {
    fileprivate var statementCount: Int { [user, role, type, range].count { $0 != 0 } }
}
