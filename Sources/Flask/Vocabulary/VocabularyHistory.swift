/// Which releases of Xen have a class, a permission or an initial SID.
///
/// Policies outlive releases: what a policy names and its release has not is mostly a name of an earlier or a later
/// one.
public struct VocabularyHistory: Sendable {
    private let vocabularies: [Vocabulary]

    /// The history of all known releases. Reading it costs about as much as compiling a small policy: it is for
    /// policies with mistakes.
    public static let shared = VocabularyHistory(XenRelease.all.compactMap { Vocabulary(of: $0) })

    init(_ vocabularies: [Vocabulary]) {
        self.vocabularies = vocabularies
    }

    // MARK: Looking up

    /// The releases that have a class, oldest first.
    public func releases(withClass name: String) -> [XenRelease] {
        releases { $0.objectClass(named: name) != nil }
    }

    /// The releases whose class has a permission, oldest first.
    public func releases(withPermission permission: String, of objectClass: String) -> [XenRelease] {
        releases { $0.objectClass(named: objectClass)?.objectClass.permissions.contains(permission) ?? false }
    }

    /// The releases that have an initial SID, oldest first.
    public func releases(withInitialSID name: String) -> [XenRelease] {
        releases { $0.initialSIDs.contains(name) }
    }

    /// The classes that have or had a permission, in the order in which the releases brought them.
    public func classes(withPermission permission: String) -> [String] {
        var found: [String] = []
        for vocabulary in vocabularies {
            for entry in vocabulary.classes where entry.permissions.contains(permission) && !found.contains(entry.name) {
                found.append(entry.name)
            }
        }
        return found
    }

    /// What replaced a permission: it came with the first release without the old one, took its bit, and resembles
    /// its name.
    public func successor(ofPermission permission: String, of objectClass: String) -> (name: String, since: XenRelease)? {
        for (before, after) in zip(vocabularies, vocabularies.dropFirst()) {
            guard let old = before.objectClass(named: objectClass)?.objectClass.permissions,
                let bit = old.firstIndex(of: permission),
                let new = after.objectClass(named: objectClass)?.objectClass.permissions,
                !new.contains(permission), bit < new.count, !old.contains(new[bit]), Self.resemble(permission, new[bit])
            else { continue }
            return (new[bit], after.release)
        }
        return nil
    }

    /// Whether two names have three letters in a row of some word in common, `get` and `set` aside.
    private static func resemble(_ a: String, _ b: String) -> Bool {
        !triples(of: a).isDisjoint(with: triples(of: b))
    }

    private static func triples(of name: String) -> Set<[UInt8]> {
        var found: Set<[UInt8]> = []
        for word in name.utf8.split(separator: UInt8(ascii: "_")) where word.count >= 3 {
            let letters = Array(word)
            for start in 0...letters.count - 3 { found.insert(Array(letters[start..<start + 3])) }
        }
        return found.subtracting([Array("get".utf8), Array("set".utf8)])
    }

    private func releases(where isPart: (Vocabulary) -> Bool) -> [XenRelease] {
        vocabularies.filter(isPart).map(\.release)
    }

    // MARK: Telling

    /// Which releases these are, such as `since Xen 4.6` or `until Xen 4.7`; nil when there is none.
    public func phrase(_ releases: [XenRelease]) -> String? {
        guard let first = releases.first, let last = releases.last, let oldest = vocabularies.first?.release,
            let newest = vocabularies.last?.release
        else { return nil }
        switch (first == oldest, last == newest) {
        case (true, true): return releases.count == vocabularies.count ? "in all releases of Xen" : "in some releases of Xen"
        case (true, false): return "until Xen \(last)"
        case (false, true): return "since Xen \(first)"
        case (false, false): return first == last ? "in Xen \(first) only" : "from Xen \(first) to \(last)"
        }
    }
}
