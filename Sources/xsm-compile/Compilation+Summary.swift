import Diagnostics
import Flask

extension Compilation {
    func summary(_ path: String?, _ size: Int, _ policy: Policy, _ releases: [XenRelease]) -> String {
        let types = policy.types.count { $0.map { !$0.isAttribute } ?? false }
        var text = path.map { "\($0): " } ?? ""
        text += "\(policy.target.signature) version \(policy.version)\(policy.isMLS ? " with MLS" : ""), "
        text += "\(policy.classes.count) classes, \(types) types, \(policy.rules.rules.count) rules, \(size) bytes"
        if policy.target == .xen || !releases.isEmpty {
            text += "\nloads on: " + (releases.isEmpty ? "no known release of Xen" : releases.map(\.description).joined(separator: ", "))
        }
        return text + "\n"
    }
}

extension RunResult {
    init(_ path: String?, _ byteCount: Int, _ policy: Policy, _ releases: [XenRelease]) {
        self.init(
            path: path, byteCount: byteCount, target: policy.target == .xen ? "xen" : "selinux", policyVersion: Int(policy.version),
            loadsOn: releases.map(\.description))
    }
}

extension Policy.Target {
    /// How images of the target begin.
    fileprivate var signature: String { self == .xen ? "XenFlask" : "SE Linux" }
}
