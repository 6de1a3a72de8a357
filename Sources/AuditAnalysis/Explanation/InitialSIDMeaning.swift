public import Flask

/// What a number of an initial SID means, in some releases of Xen.
public struct InitialSIDMeaning: Hashable, Sendable {
    public let name: String
    /// Oldest first.
    public let releases: [XenRelease]

    /// What a number means in each of some releases, in the order of the oldest.
    static func meanings(of number: UInt32, in releases: [XenRelease]) -> [InitialSIDMeaning] {
        var found: [(name: String, releases: [XenRelease])] = []
        for vocabulary in KnownVocabularies.all where releases.contains(vocabulary.release) {
            let names = vocabulary.initialSIDs
            guard let place = Int(exactly: number), place >= 1, place <= names.count else { continue }
            if let known = found.firstIndex(where: { $0.name == names[place - 1] }) {
                found[known].releases.append(vocabulary.release)
            } else {
                found.append((names[place - 1], [vocabulary.release]))
            }
        }
        return found.map { InitialSIDMeaning(name: $0.name, releases: $0.releases) }
    }
}
