public import Diagnostics
public import Flask
public import PolicyCompiler

/// Why there is no policy to ask.
public enum InputFailure: Error, Sendable {
    /// There is nothing of this name.
    case missing(String)
    case unreadable(path: String, reason: String)
    /// A folder in which there is no policy tree, and where one is.
    case noTree(String, NearbyTrees)
    /// A file that is a part of a tree, and no policy by itself.
    case partOfTree(String, tree: String)
    /// A tree that is to be built for several releases of Xen, and has the lists of one in it.
    case treeHasLists(String)
    case image(String, ImageReadError)
    case tooLarge(String, limit: Int)
    /// A symbol has a name that no author would give it: with it, a small image could ask for an answer of any length.
    case nameTooLong(count: Int, limit: Int)
    /// The policy cannot be written as a binary.
    case notWritable(String)
    /// The source has errors, which the map shows where they are.
    case source([Diagnostic], SourceMap)

    /// What to tell the user; of a source its messages say it.
    public var message: String {
        switch self {
        case .missing(let path): "`\(path)` does not exist"
        case .unreadable(let path, let reason): "`\(path)` cannot be read: \(reason)"
        case .noTree(let path, let trees):
            "`\(path)` holds no policy tree: "
                + (trees.advice ?? "one has `modules/modules.conf`, or `policy/modules.conf` in the form before Xen 4.3")
        case .partOfTree(let path, let tree): "`\(path)` is a part of the policy tree `\(tree)`, and no policy by itself: give the tree"
        case .treeHasLists(let path): "`\(path)` has the classes and initial SIDs of one release of Xen in it: it is built in one way only"
        case .image(let path, let error): "`\(path)` is no policy that can be read: \(error)"
        case .tooLarge(let path, let limit): "`\(path)` is larger than \(limit) bytes"
        case .nameTooLong(let count, let limit): "the policy has a name of \(count) bytes: more than \(limit) are not taken"
        case .notWritable(let reason): reason
        case .source: "the policy's source has errors"
        }
    }
}
