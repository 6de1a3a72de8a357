import Diagnostics
import Flask

/// Holds a policy's classes, permissions and initial SIDs against the tables of Xen releases: what the hypervisor
/// checks when it loads the policy (xen/xsm/flask/ss/services.c: `validate_classes`), and the initial SIDs, which it
/// does not check and silently takes for others.
struct ReleaseChecker {
    let syntax: Syntax
    let text: MappedText
    let resolution: Resolution

    /// Where a policy and a release differ.
    enum Mismatch: Hashable {
        case missingClass(String, number: Int)
        case classNumber(String, is: Int, wanted: Int)
        case missingPermission(String, of: String)
        case permissionBit(String, of: String, is: Int, wanted: Int)
        case initialSIDs(found: [String], wanted: [String])
    }

    /// The releases that load the policy and mean the same by it, oldest first.
    func fittingReleases() -> [XenRelease] {
        let outline = VocabularyOutline(
            initialSIDs: resolution.initialSIDs.map { Array(syntax.identifiers.bytes(of: $0.reference.identifier)) },
            classes: resolution.classes.entries.map { entry in
                (entry.objectClass.name.bytes, entry.objectClass.permissions.map(\.name.bytes))
            })
        return outline.fittingReleases()
    }

    func mismatches(_ vocabulary: Vocabulary) -> [Mismatch] {
        var result: [Mismatch] = []
        for (index, wanted) in vocabulary.classes.enumerated() {
            guard let identifier = syntax.identifiers.find(wanted.name),
                let place = resolution.classes.index(of: identifier)
            else {
                result.append(.missingClass(wanted.name, number: index + 1))
                continue
            }
            if place != index { result.append(.classNumber(wanted.name, is: place + 1, wanted: index + 1)) }
            let permissions = resolution.classes[place].objectClass.permissions
            for (bit, permission) in wanted.permissions.enumerated() {
                let name = Name(permission)
                guard let found = permissions.first(where: { $0.name == name }) else {
                    result.append(.missingPermission(permission, of: wanted.name))
                    continue
                }
                if Int(found.number) != bit + 1 {
                    result.append(.permissionBit(permission, of: wanted.name, is: Int(found.number) - 1, wanted: bit))
                }
            }
        }
        let found = resolution.initialSIDs.map { syntax.identifiers.text(of: $0.reference.identifier) }
        if found != vocabulary.initialSIDs { result.append(.initialSIDs(found: found, wanted: vocabulary.initialSIDs)) }
        return result
    }

    // MARK: Reporting

    /// Every mismatch with the release that was asked for is an error.
    func check(_ release: XenRelease, _ log: inout DiagnosticLog) {
        guard let vocabulary = Vocabulary(of: release) else { return }
        for mismatch in mismatches(vocabulary) {
            let (code, message, span, help) = describe(mismatch, release)
            log.report(.error, code, message, at: span, help: help)
        }
    }

    /// A policy that fits no release is likely to be refused at boot.
    func warnIfNothingFits(_ log: inout DiagnosticLog) {
        // The nearest release tells best what is wrong.
        let candidates = XenRelease.all.reversed().compactMap { release in
            Vocabulary(of: release).map { (release, mismatches($0)) }
        }
        guard let nearest = candidates.min(by: { $0.1.count < $1.1.count }), let first = nearest.1.first else { return }
        let (_, message, span, _) = describe(first, nearest.0)
        log.report(
            .warning, "fits-no-release", "the policy fits no known release of Xen", at: span,
            notes: ["nearest is \(nearest.0): \(message)"] + (nearest.1.count > 1 ? ["and \(nearest.1.count - 1) more differences"] : [])
                + ["a hypervisor refuses a policy that lacks one of its classes or permissions, and panics at boot if it is to enforce"],
            help: "compile with `--xen-release \(nearest.0)` to see all differences")
    }

    private func describe(
        _ mismatch: Mismatch, _ release: XenRelease
    ) -> (Diagnostic.Code, String, Span, String?) {
        switch mismatch {
        case .missingClass(let name, let number):
            return (
                "release-missing-class", "class `\(name)` is missing, which Xen \(release) wants as number \(number)",
                endOfClasses, "declare it at its place among the classes"
            )
        case .classNumber(let name, let number, let wanted):
            return (
                "release-class-number", "class `\(name)` has number \(number); Xen \(release) wants \(wanted)",
                span(ofClass: name), "classes are numbered in the order of their declarations"
            )
        case .missingPermission(let permission, let objectClass):
            return (
                "release-missing-permission",
                "class `\(objectClass)` lacks permission `\(permission)`, which Xen \(release) wants",
                span(ofPermissionsOf: objectClass), "list it at its place among the permissions of the class"
            )
        case .permissionBit(let permission, let objectClass, let bit, let wanted):
            return (
                "release-permission-bit",
                "permission `\(permission)` of class `\(objectClass)` has bit \(bit); Xen \(release) wants \(wanted)",
                span(ofPermission: permission, objectClass), "permissions are numbered in the order in which they are listed"
            )
        case .initialSIDs(let found, let wanted):
            let index = zip(found, wanted).enumerated().first { $1.0 != $1.1 }?.offset ?? min(found.count, wanted.count)
            let message: String
            if index < min(found.count, wanted.count) {
                message = "initial SID number \(index + 1) is `\(found[index])`; Xen \(release) has `\(wanted[index])` there"
            } else if found.count < wanted.count {
                message = "initial SID `\(wanted[index])` is missing, which Xen \(release) has as number \(index + 1)"
            } else {
                message = "initial SID `\(found[index])` is one more than Xen \(release) has"
            }
            return (
                "release-initial-sid", message, span(ofSID: index),
                "Xen does not check initial SIDs: it would take the context of one for another"
            )
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
