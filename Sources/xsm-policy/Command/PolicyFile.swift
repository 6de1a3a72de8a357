import Arguments
import Files
import PolicyAnalysis
import SourceFiles

/// A policy that a command line names: a binary, a policy.conf or a tree; `-` is the standard input.
struct PolicyFile {
    let path: String

    /// The one policy among the operands of a command that has no other.
    init(only operands: [String]) throws(UsageError) {
        guard let path = operands.first else {
            throw UsageError(message: "there is no policy: name a binary, a policy.conf or a policy tree")
        }
        guard operands.count == 1 else { throw UsageError(message: "there is more than one policy: `\(operands[1])`") }
        self.path = path
    }

    init(_ path: String) {
        self.path = path
    }

    func read(_ options: InputOptions) throws(CommandFailure) -> AnalysedPolicy {
        do throws(InputFailure) {
            if path != "-", Files.isDirectory(path) {
                return try AnalysedPolicy(treeAt: path, reader: FileSystemReader(), options: options)
            }
            return try AnalysedPolicy(bytes(), named: path == "-" ? "<stdin>" : path, options: options)
        } catch {
            throw .input(error)
        }
    }

    /// The bytes of a file that is no policy.
    func bytesOfText() throws(CommandFailure) -> [UInt8] {
        do throws(InputFailure) {
            return try bytes()
        } catch {
            throw .input(error)
        }
    }

    /// What is in it. Throws ``InputFailure`` where there is nothing to read.
    func bytes() throws(InputFailure) -> [UInt8] {
        do throws(FileError) {
            if path == "-" { return try Files.standardInput() }
            if let bytes = try Files.contents(of: path) { return bytes }
        } catch {
            throw .unreadable(path: error.path, reason: error.reason)
        }
        throw .missing(path)
    }
}
