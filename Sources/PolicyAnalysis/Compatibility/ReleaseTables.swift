public import Flask

/// What is asked whether it loads a policy: a release of Xen, or its development tree.
public struct ReleaseTables: Sendable {
    /// Such as `4.17`; `master` for the development tree.
    public let name: String
    public let vocabulary: Vocabulary

    /// The release, or for the development tree the newest one, which it follows.
    public var release: XenRelease { vocabulary.release }

    /// Oldest first, the development tree last.
    public static let all: [ReleaseTables] =
        XenRelease.all.compactMap { release in
            Vocabulary(of: release).map { ReleaseTables(name: release.description, vocabulary: $0) }
        } + [Vocabulary.development].compactMap { $0.map { ReleaseTables(name: developmentName, vocabulary: $0) } }

    private static let developmentName = "master"

    /// By its name, `4.17`, or with a third number that does not matter; nil for one whose tables are not known.
    public init?(named name: String) {
        let wanted = XenRelease(name)?.description ?? name
        guard let known = Self.all.first(where: { $0.name == wanted }) else { return nil }
        self = known
    }

    private init(name: String, vocabulary: Vocabulary) {
        self.name = name
        self.vocabulary = vocabulary
    }
}
