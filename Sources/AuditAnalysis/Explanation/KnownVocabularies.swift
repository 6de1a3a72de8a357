import Flask

/// The tables of all releases, read once: who explains many decisions asks them for each.
enum KnownVocabularies {
    /// Oldest first.
    static let all = XenRelease.all.compactMap { Vocabulary(of: $0) }
}
