/// How a release of Xen words the lines of its access-vector cache (xen/xsm/flask/avc.c: `avc_audit`). What is written and
/// what is read is said once, in `pieces`.
public struct AuditForm: Hashable, Sendable {
    /// How domains are told of.
    enum Domains: Hashable, Sendable {
        /// Up to 4.1: the one whose processor runs, by number.
        case current
        /// From 4.2 to 4.16: `domid=` for the one that acts, or else runs; `target=` for another.
        case numbers
        /// Since 4.17: `source=`, `target=` and `current=`, by name.
        case names
    }

    let domains: Domains
    /// Before 4.5 zero has a prefix as other numbers have: `0x0`.
    let prefixesZero: Bool
    /// Since 4.6.
    let knowsDeviceTree: Bool
    /// Since 4.2 lines are put together before they are printed, and what is too long for that says so.
    var isBuffered: Bool { domains != .current }

    private init(_ domains: Domains, prefixesZero: Bool = false, knowsDeviceTree: Bool = false) {
        self.domains = domains
        self.prefixesZero = prefixesZero
        self.knowsDeviceTree = knowsDeviceTree
    }

    /// Every form that there was, the newest first.
    public static let all = [
        AuditForm(.names, knowsDeviceTree: true), AuditForm(.numbers, knowsDeviceTree: true), AuditForm(.numbers),
        AuditForm(.numbers, prefixesZero: true), AuditForm(.current, prefixesZero: true),
    ]

    /// The form of a release.
    public init(of release: XenRelease) {
        self =
            switch (release.major, release.minor) {
            case (...3, _), (4, ...1): Self.all[4]
            case (4, ...4): Self.all[3]
            case (4, 5): Self.all[2]
            case (4, ...16): Self.all[1]
            default: Self.all[0]
            }
    }

    /// What can be told of a record in this form: what is left when it is written and read again.
    public func tellable(_ record: AuditRecord) -> AuditRecord {
        var record = record
        var subject = record.subject
        switch domains {
        case .current:
            subject.source = subject.current ?? subject.source ?? subject.target
            subject.target = nil
        case .numbers:
            if subject.source == nil, subject.target == nil { subject.source = subject.current }
        case .names: break
        }
        if domains != .names || subject.source != nil || subject.target != nil { subject.current = nil }
        if subject.target == subject.source { subject.target = nil }
        switch (domains, subject.object) {
        case (_, nil): break
        // Zero is what a hook leaves when it knows nothing.
        case (.current, .device(let number)?): if number == 0 { subject.object = nil }
        case (.current, .interrupt(let number)?): subject.object = number == 0 ? nil : .device(UInt64(bitPattern: Int64(number)))
        case (.current, .range(let start, _)?): subject.object = start == 0 ? nil : .device(start)
        case (.current, _?): subject.object = nil
        case (_, .deviceTreeNode?): if !knowsDeviceTree { subject.object = nil }
        case (_, _?): break
        }
        record.subject = subject
        return record
    }
}
