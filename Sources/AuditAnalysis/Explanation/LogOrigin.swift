public import AuditLog
public import Flask

/// Of which releases of Xen a log can be, by all that it says.
public struct LogOrigin: Hashable, Sendable {
    /// Oldest first; all that are known where nothing says anything.
    public private(set) var releases: [XenRelease] = XenRelease.all
    /// The signs by which releases were ruled out.
    public private(set) var signs: [ReleaseSign] = []
    /// Its signs contradict each other: it is of several hypervisors.
    public private(set) var isMixed = false

    /// A log that says nothing.
    public init() {}

    /// The origin of a log by what was counted in it: what hypervisors said when they started, how domains are told of, and names of classes and
    /// permissions, which are the hypervisor's own.
    public init(_ tally: DenialTally) {
        self.init(
            banners: tally.notices.filter { $0.kind == .start }.compactMap { XenRelease(banner: $0.text.span) }, hasNumberedDomains: tally.numberedDomains > 0,
            hasNamedDomains: tally.namedDomains > 0, records: tally.all.map(\.record))
    }

    /// The origin by what was found in a log.
    public init(banners: [XenRelease] = [], hasNumberedDomains: Bool = false, hasNamedDomains: Bool = false, records: [AuditRecord] = []) {
        let started = Set(banners)
        for release in started.sorted() { signs.append(.banner(release)) }
        if !started.isEmpty { releases = started.sorted() }
        let firstWithNames = XenRelease("4.17") ?? .newest
        switch (hasNumberedDomains, hasNamedDomains) {
        case (true, true): isMixed = true
        case (true, false): narrow(.numberedDomains) { $0 < firstWithNames }
        case (false, true): narrow(.namedDomains) { $0 >= firstWithNames }
        case (false, false): break
        }
        narrow(by: records)
    }

    /// Takes out the releases for which a sign does not hold; one that holds for none is of another hypervisor.
    private mutating func narrow(_ sign: ReleaseSign, _ holds: (XenRelease) -> Bool) {
        let left = releases.filter(holds)
        if left.isEmpty {
            isMixed = true
        } else if left.count < releases.count {
            releases = left
            signs.append(sign)
        }
    }

    private mutating func narrow(by records: [AuditRecord]) {
        var known: [Name: Set<Name>] = [:]
        for record in records where record.objectClass.bytes.count <= Self.nameLimit {
            for permission in record.permissions where permission.bytes.count <= Self.nameLimit { known[record.objectClass, default: []].insert(permission) }
        }
        let history = VocabularyHistory.shared
        for (objectClass, permissions) in known.sorted(by: { $0.key < $1.key }) {
            let name = objectClass.description
            let withClass = history.releases(withClass: name)
            // What no release has says nothing about which it is.
            guard !withClass.isEmpty else { continue }
            narrow(.objectClass(name)) { withClass.contains($0) }
            for permission in permissions.sorted() {
                let those = history.releases(withPermission: permission.description, of: name)
                if !those.isEmpty { narrow(.permission(permission.description, objectClass: name)) { those.contains($0) } }
            }
        }
    }

    /// No release has longer names.
    private static let nameLimit = 64

    /// What keeps a policy from being the one that a log's hypervisor decided by; nil where nothing does, and for a policy that no release takes.
    func mismatch(with policyReleases: [XenRelease]) -> ReleaseMismatch? {
        guard !isMixed, !policyReleases.isEmpty, releases.count < XenRelease.all.count, !releases.contains(where: policyReleases.contains) else { return nil }
        return ReleaseMismatch(logReleases: releases, signs: signs, policyReleases: policyReleases)
    }
}
