public import Diagnostics
public import Flask
public import PolicyAnalysis

/// Something that was denied and that no rule should allow, or can: why, and what kind of change it would need.
public struct UnsuggestedAccess: Sendable {
    public enum Reason: Sendable {
        /// A constraint, or mlsconstrain, does not hold: where the source says it, and which parts of it are not as they would have to be.
        case constraint(text: [UInt8], SourceLocation?, isMLS: Bool, failing: [ConstraintClause])
        /// The role may not become the other.
        case role(from: Name, to: Name)
        /// The types, or one of them, are bounded by these, of which the first may not do it to the second; where the source bounds it.
        case bounds(source: Name, target: Name, SourceLocation?)
        /// A neverallow rule forbids it: where it stands, and what a rule would allow of what it forbids.
        case neverAllow(SourceLocation?, forbidden: [String])
        /// The target has the label of what has none: it is to get one.
        case unlabeled(type: Name, objects: [AuditObject])
        /// The target has the label of hardware that nothing labels, that of an initial SID: a rule would be for all of it.
        case unlabeledHardware(type: Name, initialSID: Name, objects: [AuditObject])
        /// The policy does not have the context, the class or the permission; releases of Xen that have the latter two.
        case unknown(QuestionMistake, releases: [XenRelease])
        /// The line has the number of a context, and not its text.
        case numberedContext(SecurityIdentifier)
        /// Bits for which the log's release has no name.
        case unnamedPermissions(UInt32)
        /// A name that could not be written into a source.
        case noIdentifier(Name)
        /// No change did what it should: what came of the last one.
        case failed(String)
        /// There was too much else to look at.
        case unexamined
    }

    public let access: DeniedAccess
    /// At least one.
    public let reasons: [Reason]
}

extension UnsuggestedAccess.Reason {
    /// One word for machines.
    public var kind: String {
        switch self {
        case .constraint(_, _, let isMLS, _): isMLS ? "mls-constraint" : "constraint"
        case .role: "role"
        case .bounds: "bounds"
        case .neverAllow: "neverallow"
        case .unlabeled: "unlabeled"
        case .unlabeledHardware: "unlabeled-hardware"
        case .unknown: "unknown"
        case .numberedContext: "numbered-context"
        case .unnamedPermissions: "unnamed-permissions"
        case .noIdentifier: "no-identifier"
        case .failed: "failed"
        case .unexamined: "unexamined"
        }
    }

    /// What stands against a rule.
    public var message: String {
        switch self {
        case .constraint(_, _, let isMLS, _): "\(isMLS ? "an MLS constraint" : "a constraint") does not hold: no rule changes that"
        case .role(let from, let to): "the role `\(from)` may not become `\(to)`: no rule about types changes that"
        case .bounds(let source, let target, _): Self.bounds(source, target)
        case .neverAllow: "a neverallow rule forbids it"
        case .unlabeled(let type, _): "`\(type)` is the type of what has no label, and a rule would be for all of that"
        case .unlabeledHardware(let type, let initialSID, _):
            "`\(type)` is the type of hardware that has no label of its own (initial SID `\(initialSID)`), and a rule would be for all of that"
        case .unknown(let mistake, let releases):
            mistake.message
                + (releases.isEmpty ? "" : "; Xen \(Self.list(releases)) \(releases.count == 1 ? "has" : "have") it: the log may be another release's")
        case .numberedContext(let number): "the line has the number \(number.rawValue) in place of a context: which it was is not known"
        case .unnamedPermissions(let bits): "the line has bits 0x\(String(bits, radix: 16)) for which the hypervisor had no name"
        case .noIdentifier(let name): "`\(Self.visible(name))` is no name that a source can hold"
        case .failed(let reason): reason
        case .unexamined: "it was not looked at, because there was too much else"
        }
    }

    /// What kind of change it would be.
    public var advice: String? {
        switch self {
        case .constraint(_, _, let isMLS, _):
            isMLS
                ? "change the levels of the labels, or, if it is too strict for everybody, the constraint"
                : "change the label of one of the two, or, if it is too strict for everybody, the constraint"
        case .role(let from, let to): "change the label's role, or let roles change: `allow \(from) \(to);`"
        case .bounds(let source, let target, _): "allow it to what bounds the types first (`\(source)` over `\(target)`), or take the bound away"
        case .neverAllow: "ask whoever wrote that rule: either it goes, or this stays denied; another label may be what is meant"
        case .unlabeled, .unlabeledHardware: "label it, in `device_contexts` or by `flask-label-pci`, or load the policy that has its label"
        case .unknown: "compare the log with the policy of the host that wrote it"
        case .numberedContext, .unnamedPermissions, .noIdentifier, .failed, .unexamined: nil
        }
    }

    /// Where the source says it.
    public var place: SourceLocation? {
        switch self {
        case .constraint(_, let place, _, _), .bounds(_, _, let place), .neverAllow(let place, _): place
        default: nil
        }
    }

    private static func bounds(_ source: Name, _ target: Name) -> String {
        "the types are bounded by `\(source)` and `\(target)`, of which the first may not do it to the second"
    }

    private static func list(_ releases: [XenRelease]) -> String {
        guard let first = releases.first, let last = releases.last, releases.count > 2 else { return releases.map(\.description).joined(separator: " and ") }
        return "\(first) to \(last)"
    }

    private static func visible(_ name: Name) -> String {
        String(decoding: name.bytes.prefix(80).map { (0x20..<0x7f).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
