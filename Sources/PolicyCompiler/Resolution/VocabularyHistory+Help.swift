import Flask

extension VocabularyHistory {
    /// What to say about a class that a policy does not declare and some release has.
    func help(forClass name: String) -> String? {
        existence(of: "class `\(name)`", releases(withClass: name))
    }

    /// What to say about an initial SID that a policy does not declare and some release has.
    func help(forInitialSID name: String) -> String? {
        existence(of: "initial SID `\(name)`", releases(withInitialSID: name))
    }

    /// What to say about a permission that a class of the policy does not have: when it had it, or which other class
    /// has it.
    func help(forPermission permission: String, of objectClass: String) -> String? {
        if let sentence = sentence(permission, objectClass) { return sentence }
        let others = classes(withPermission: permission).prefix(2).compactMap { sentence(permission, $0) }
        return others.isEmpty ? nil : others.joined(separator: "; ")
    }

    private func sentence(_ permission: String, _ objectClass: String) -> String? {
        let releases = releases(withPermission: permission, of: objectClass)
        guard let time = phrase(releases) else { return nil }
        let verb = releases.last == XenRelease.newest ? "is" : "was"
        var text = "`\(permission)` \(verb) in class `\(objectClass)` \(time.hasPrefix("since") ? "only " : "")\(time)"
        if let (successor, since) = successor(ofPermission: permission, of: objectClass) {
            text += ", and since Xen \(since) `\(successor)` has its place"
        }
        return text
    }

    private func existence(of what: String, _ releases: [XenRelease]) -> String? {
        phrase(releases).map { time in
            let verb = releases.last == XenRelease.newest ? "exists" : "existed"
            return "\(what) \(verb) \(time): compile for such a release, or leave out what names it"
        }
    }
}
