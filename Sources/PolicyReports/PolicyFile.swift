public import Arguments
import Files
public import PolicyAnalysis
import PolicyCompiler
import SourceFiles

/// A policy that a command line names: a binary, a policy.conf or a tree; `-` is the standard input.
public struct PolicyFile: Sendable {
    public let path: String

    /// The one policy among the operands of a command that has no other.
    public init(only operands: [String]) throws(UsageError) {
        guard let path = operands.first else {
            throw UsageError(message: "there is no policy: name a binary, a policy.conf or a policy tree")
        }
        guard operands.count == 1 || Files.exists(path) else {
            throw UsageError(message: "\(FileError(missing: path).whyUnread): name the policy, and say by options what is looked for")
        }
        guard operands.count == 1 else { throw UsageError(message: "there is more than one policy: `\(operands[1])`") }
        self.path = path
    }

    public init(_ path: String) {
        self.path = path
    }

    /// Whether it is a folder, in which a tree may be, and nothing with bytes.
    public var isFolder: Bool { path != "-" && Files.isDirectory(path) }

    /// The policy. Throws `InputFailure` where there is none.
    public func policy(_ options: InputOptions) throws(InputFailure) -> AnalysedPolicy {
        if isFolder {
            return try AnalysedPolicy(treeAt: path, reader: FileSystemReader(), options: options)
        }
        return try policy(bytes(), options)
    }

    /// The policy that the file's bytes are, read once: of the standard input there is no second time.
    func policy(_ bytes: [UInt8], _ options: InputOptions) throws(InputFailure) -> AnalysedPolicy {
        do throws(InputFailure) {
            return try AnalysedPolicy(bytes, named: path == "-" ? "<stdin>" : path, options: options)
        } catch {
            guard case .source = error, path != "-", let tree = NearbyTrees.tree(ofModule: path, reader: FileSystemReader()) else { throw error }
            throw .partOfTree(path, tree: tree)
        }
    }

    /// What is in it. Throws `InputFailure` where there is nothing to read.
    public func bytes() throws(InputFailure) -> [UInt8] {
        do throws(FileError) {
            if path == "-" { return try Files.standardInput() }
            if let bytes = try Files.contents(of: path) { return bytes }
        } catch {
            throw .unreadable(path: error.path, reason: error.reason)
        }
        throw .missing(path)
    }
}
