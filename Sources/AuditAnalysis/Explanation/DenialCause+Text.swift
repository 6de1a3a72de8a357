import Flask
import PolicyAnalysis

extension DenialCause {
    /// What it is, in a line: lower case, no final period. Names are as the log or the policy has them, and may hold anything.
    public var text: String {
        switch self {
        case .missingRule: "no rule gives it"
        case .boolean(let remedy): Self.text(remedy)
        case .constraint(_, let failing): "a constraint takes it away\(Self.list(failing))"
        case .mls(_, let failing): "an MLS constraint takes it away\(Self.list(failing))"
        case .bounds(let source, let target, _):
            "a bound takes it away: the types are bounded by `\(source)` and `\(target)`, of which the first may not do it to the second"
        case .roleAllow(let from, let to): "the role `\(from)` may not become `\(to)`: there is no `allow \(from) \(to);`"
        case .neverAllow: "a neverallow rule forbids to give it"
        case .allowedNow(let rules):
            rules.contains { $0.found.condition == nil }
                ? "the policy allows it: it is not the policy that denied it"
                : "the policy allows it by booleans: they had other values then, or it is not the policy that denied it"
        case .permissive(let type): "the type `\(type)` is permissive: what is told of as denied is done all the same"
        case .unknownContext(let side, let text, let mistake):
            "the policy does not have the \(side.rawValue)'s context `\(String(decoding: text, as: UTF8.self))`: \(mistake.message)"
        case .unknownClass(let name, let nearest, let releases):
            "there is no class `\(name)` in the policy\(Self.suggestion(nearest))\(Self.since(releases))"
        case .unknownPermission(let name, let nearest, let releases):
            "the class has no permission `\(name)` in the policy\(Self.suggestion(nearest))\(Self.since(releases))"
        case .noContext(let side, let sid, let meanings):
            "the \(side.rawValue)'s context is the number \(Int32(bitPattern: sid.rawValue)): it had no text under the policy that decided\(Self.list(meanings))"
        case .unnamedBits(let bits): "bits that the hypervisor has no name for: \(bits.map(Self.text).joined(separator: "; "))"
        case .noPermissions: "the line names no permission: nothing was asked for that the class has"
        case .unlabelled(let side):
            "the \(side.rawValue)'s context is that of unlabelled things: its own is not in the policy that decided, or it never had one"
        case .unlabelledHardware(let device, let initialSID, let statement):
            "\(device.description) has no label of its own, but that of the initial SID `\(initialSID)`: there is no `\(String(decoding: statement, as: UTF8.self))`"
        case .labelledOtherwise(let device, let context, _):
            "\(device.description) is labelled `\(String(decoding: context, as: UTF8.self))` in the policy, which is not what was denied"
        case .misreadInitialSID(let expected, let found, let releases): Self.misread(expected, found, releases)
        case .otherRelease(let mismatch): mismatch.text
        case .undecidable(let mistake): mistake.message
        }
    }

    private static func text(_ remedy: BooleanRemedy) -> String {
        guard !remedy.settings.isEmpty else { return "a rule gives it under a condition with too many booleans to try them" }
        let settings = remedy.settings.map { "`\($0.name)` \($0.value ? "on" : "off")" }.joined(separator: " and ")
        return "a rule gives it with \(settings)" + (remedy.suffices ? "" : ", which does not suffice")
    }

    private static func list(_ failing: [ConstraintClause]) -> String {
        failing.isEmpty ? "" : ": " + failing.map { "`\($0.text)` is \($0.isTrue), \($0.values)" }.joined(separator: "; ")
    }

    private static func suggestion(_ nearest: [String]) -> String {
        nearest.isEmpty ? "" : ": did you mean \(nearest.map { "`\($0)`" }.joined(separator: " or "))?"
    }

    private static func since(_ releases: [XenRelease]) -> String {
        VocabularyHistory.shared.phrase(releases).map { "; there is one \($0)" } ?? "; no release of Xen has one"
    }

    private static func list(_ meanings: [InitialSIDMeaning]) -> String {
        guard !meanings.isEmpty else { return ", and it is no initial SID's" }
        return ": it is that of the initial SID " + meanings.map { "`\($0.name)` (\(ReleaseMismatch.words($0.releases)))" }.joined(separator: " or ")
    }

    private static func text(_ bit: UnnamedBit) -> String {
        var parts = bit.policyName.map { ["`\($0)` in the policy"] } ?? []
        parts += bit.meanings.map { "`\($0.name)` in \(ReleaseMismatch.words($0.releases))" }
        return "bit \(bit.bit)" + (parts.isEmpty ? " is nobody's" : " is " + parts.joined(separator: ", "))
    }

    private static func misread(_ expected: String, _ found: [Name], _ releases: [XenRelease]) -> String {
        let names = found.map { "`\($0)`" }.joined(separator: " and ")
        let isUnlabelled = found == ["unlabeled"]
        let reason =
            releases.isEmpty
            ? "the policy that decided had no other for it" : "its number is that of `\(expected)` in \(ReleaseMismatch.words(releases))"
        return "the operation is about the initial SID `\(expected)`, and the context is that of \(names): \(reason)"
            + (isUnlabelled && !releases.isEmpty ? ", or the policy that decided had none" : "")
    }
}

extension ReleaseMismatch {
    /// What it is, in a line.
    public var text: String {
        "the log is of \(Self.words(logReleases)), and the policy is for \(Self.words(policyReleases)): it cannot be the one that decided"
    }

    /// `Xen 4.15`, `Xen 4.0, 4.1 and 4.13 to 4.16`.
    static func words(_ releases: [XenRelease]) -> String {
        let places = releases.compactMap { XenRelease.all.firstIndex(of: $0) }.sorted()
        var runs: [ClosedRange<Int>] = []
        for place in places {
            if let last = runs.last, last.upperBound + 1 == place { runs[runs.count - 1] = last.lowerBound...place } else { runs.append(place...place) }
        }
        let words = runs.flatMap { run -> [String] in
            let (first, last) = (XenRelease.all[run.lowerBound].description, XenRelease.all[run.upperBound].description)
            return run.count > 2 ? ["\(first) to \(last)"] : run.count == 2 ? [first, last] : [first]
        }
        guard let last = words.last else { return "no release of Xen" }
        return "Xen " + (words.count == 1 ? last : "\(words.dropLast().joined(separator: ", ")) and \(last)")
    }
}

extension ReleaseSign {
    /// What it is, in a line.
    public var text: String {
        switch self {
        case .banner(let release): "a hypervisor said `Xen version \(release)`"
        case .numberedDomains: "domains are told of as `domid=0`, as before Xen 4.17"
        case .namedDomains: "domains are told of as `source=d0`, as since Xen 4.17"
        case .objectClass(let name): "there is a class `\(name)`"
        case .permission(let name, let objectClass): "there is a permission `\(name)` of class `\(objectClass)`"
        }
    }
}
