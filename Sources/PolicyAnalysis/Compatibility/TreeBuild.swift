public import Flask
public import PolicyCompiler

/// A tree that was built for one release of Xen.
public struct TreeBuild: Sendable {
    public enum Outcome: Sendable {
        /// The releases that load the build rightly, oldest first.
        case builds(loadsOn: [String])
        case fails(InputFailure)
    }

    public let release: XenRelease
    public let outcome: Outcome

    /// Whether the release for which it was built loads it.
    public var isRight: Bool {
        if case .builds(let names) = outcome { names.contains(release.description) } else { false }
    }

    /// Builds a tree for each release, newest first. Throws when there is no tree, and when it has lists of classes of its own: that is
    /// built in one way only.
    public static func all(
        ofTreeAt path: String, reader: some SourceReader, options: InputOptions
    ) throws(InputFailure) -> [TreeBuild] {
        let tree: PolicyTree?
        do throws(SourceReadError) {
            tree = try PolicyTree(at: path, reader: reader)
        } catch {
            throw .unreadable(path: error.path, reason: error.reason)
        }
        guard let tree else { throw .noTree(path, NearbyTrees(path, reader: reader)) }
        guard tree.needsVocabulary else { throw .treeHasLists(path) }
        return XenRelease.all.reversed().map { release in
            var options = options
            options.release = release
            do throws(InputFailure) {
                let answer = try AnalysedPolicy(treeAt: path, reader: reader, options: options).compatibility()
                let names = answer.releases.reversed().filter { $0.verdict.loadsRightly }.map(\.release)
                return TreeBuild(release: release, outcome: .builds(loadsOn: names))
            } catch {
                return TreeBuild(release: release, outcome: .fails(error))
            }
        }
    }
}
