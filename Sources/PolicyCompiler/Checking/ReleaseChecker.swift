import Diagnostics
import Flask

/// Holds a policy's classes, permissions and initial SIDs against the tables of Xen releases: what the hypervisor
/// checks when it loads the policy (xen/xsm/flask/ss/services.c: `validate_classes`), and the initial SIDs, which it
/// does not check and silently takes for others.
struct ReleaseChecker {
    let syntax: Syntax
    let text: MappedText
    let resolution: Resolution

    /// The releases that load the policy and mean the same by it, oldest first.
    func fittingReleases() -> [XenRelease] {
        let outline = VocabularyOutline(
            initialSIDs: resolution.initialSIDs.map { Array(syntax.identifiers.bytes(of: $0.reference.identifier)) },
            classes: resolution.classes.entries.map { entry in
                (entry.objectClass.name.bytes, entry.objectClass.permissions.map(\.name.bytes))
            })
        return outline.fittingReleases()
    }

    private var comparison: VocabularyComparison {
        VocabularyComparison(
            classes: resolution.classes.entries.map { ($0.objectClass.name, $0.objectClass.permissions) },
            initialSIDs: .names(resolution.initialSIDs.map { syntax.identifiers.text(of: $0.reference.identifier) }))
    }

    // MARK: Reporting

    /// Every mismatch with the release that was asked for is an error.
    func check(_ release: XenRelease, version: UInt32, _ log: inout DiagnosticLog) {
        if let diagnostic = VocabularyComparison.versionDiagnostic(version, .xen, release) { log.report(diagnostic) }
        guard let vocabulary = Vocabulary(of: release) else { return }
        for mismatch in comparison.mismatches(vocabulary) {
            let (code, message, help) = mismatch.described(for: release)
            log.report(.error, code, message, at: span(mismatch), help: help)
        }
    }

    /// A policy that fits no release is likely to be refused at boot.
    ///
    /// - Parameter fitting: The releases that it fits, and that do not load its version.
    func warnIfNothingFits(_ fitting: [XenRelease], version: UInt32, _ log: inout DiagnosticLog) {
        if let first = fitting.first, let last = fitting.last {
            // Of a version that is none the writer tells.
            guard XenRelease.newest.loads(version: version, target: .xen) else { return }
            log.report(
                .warning, "fits-no-release", "the policy fits no release of Xen that loads version \(version)", at: .unknown,
                notes: ["it fits \(first == last ? "" : "\(first) to ")\(last)"],
                help: "leave `-c` out, or say `-c \(last.policyVersion)`")
            return
        }
        // The nearest release tells best what is wrong.
        let comparison = comparison
        let candidates = XenRelease.all.reversed().compactMap { release in
            Vocabulary(of: release).map { (release, comparison.mismatches($0)) }
        }
        guard let nearest = candidates.min(by: { $0.1.count < $1.1.count }), let first = nearest.1.first else { return }
        let (_, message, _) = first.described(for: nearest.0)
        log.report(
            .warning, "fits-no-release", "the policy fits no known release of Xen", at: span(first),
            notes: ["nearest is \(nearest.0): \(message)"] + (nearest.1.count > 1 ? ["and \(nearest.1.count - 1) more differences"] : [])
                + ["a hypervisor refuses a policy that lacks one of its classes or permissions, and panics at boot if it is to enforce"],
            help: "compile with `--xen-release \(nearest.0)` to see all differences")
    }

    private func span(_ mismatch: VocabularyComparison.Mismatch) -> Span {
        switch mismatch {
        case .missingClass: endOfClasses
        case .classNumber(let name, _, _): span(ofClass: name)
        case .missingPermission(_, let objectClass): span(ofPermissionsOf: objectClass)
        case .permissionBit(let permission, let objectClass, _, _): span(ofPermission: permission, objectClass)
        case .initialSIDs(let found, let wanted): span(ofSID: VocabularyComparison.firstDifference(found, wanted))
        case .initialSIDCount: .unknown
        }
    }

    private func span(_ reference: NameReference) -> Span {
        text.span(at: Int(reference.offset), length: syntax.identifiers.length(of: reference.identifier))
    }

    private var endOfClasses: Span {
        var last: NameReference?
        for node in syntax.nodes { if case .objectClass(let name) = node.statement { last = name } }
        return last.map { span($0) } ?? .unknown
    }

    private func span(ofClass name: String) -> Span {
        for node in syntax.nodes {
            if case .objectClass(let reference) = node.statement,
                syntax.identifiers.text(of: reference.identifier) == name
            {
                return span(reference)
            }
        }
        return .unknown
    }

    private func accessVector(_ name: String) -> (NameReference, NameList?)? {
        for node in syntax.nodes {
            if case .accessVector(let reference, _, let permissions) = node.statement,
                syntax.identifiers.text(of: reference.identifier) == name
            {
                return (reference, permissions)
            }
        }
        return nil
    }

    private func span(ofPermissionsOf name: String) -> Span {
        accessVector(name).map { span($0.0) } ?? span(ofClass: name)
    }

    private func span(ofPermission permission: String, _ objectClass: String) -> Span {
        guard let (reference, list) = accessVector(objectClass) else { return .unknown }
        let place = list.flatMap { syntax[$0].first { syntax.identifiers.text(of: $0.identifier) == permission } }
        return span(place ?? reference)
    }

    private func span(ofSID index: Int) -> Span {
        let sids = resolution.initialSIDs
        return sids.isEmpty ? .unknown : span(sids[min(index, sids.count - 1)].reference)
    }
}
