import PolicyAnalysis
import PolicyCompiler

/// A policy as its author wrote it.
public enum PolicySource: Sendable {
    /// The tree in a folder, in any layout that the compiler reads.
    case tree(String)
    /// A policy.conf: its name, and what it holds.
    case text(name: String, bytes: [UInt8])

    /// Where a tree keeps its assertions, unless another file is named.
    public var assertionsPath: String? {
        guard case .tree(let path) = self else { return nil }
        return path == "." || path.isEmpty ? "assertions" : path.hasSuffix("/") ? path + "assertions" : path + "/assertions"
    }

    /// A file's name where a patch is applied: below the tree's folder; of a policy.conf its last part.
    func patchName(of file: String) -> String {
        switch self {
        case .text(let name, _): return name.split(separator: "/").last.map(String.init) ?? name
        case .tree(let path):
            let folder = path.hasSuffix("/") ? path : path + "/"
            return file.hasPrefix(folder) ? String(file.dropFirst(folder.count)) : file
        }
    }
}

/// A policy's source that can be compiled with lines put into it: nothing is written anywhere.
struct SourceBuild<Reader: SourceReader> {
    let source: PolicySource
    let reader: Reader
    let options: InputOptions

    init(_ source: PolicySource, _ reader: Reader, _ options: InputOptions) {
        self.source = source
        self.reader = reader
        var options = options
        // What breaks a neverallow rule or a bound does not compile.
        options.checksAssertions = true
        options.isLinted = false
        self.options = options
    }

    func compile(_ insertions: [SourceInsertion]) throws(InputFailure) -> AnalysedPolicy {
        switch source {
        case .text(let name, let bytes):
            return try AnalysedPolicy(SourceLines(bytes).inserting(insertions).bytes, named: name, options: options)
        case .tree(let path):
            var changes: [String: [UInt8]] = [:]
            for (file, insertions) in Dictionary(grouping: insertions, by: \.file) {
                changes[file] = SourceLines(contents(of: file) ?? []).inserting(insertions).bytes
            }
            return try AnalysedPolicy(treeAt: path, reader: ChangedSources(base: reader, changes: changes), options: options)
        }
    }

    func contents(of file: String) -> [UInt8]? {
        if case .text(_, let bytes) = source { return bytes }
        return (try? reader.contents(of: file)) ?? nil
    }

    var treeOptions: TreeOptions {
        TreeOptions(isMLS: options.isMLS, definitions: options.definitions, modules: options.modules, release: options.release)
    }
}

/// Files some of which are other than they are.
private struct ChangedSources<Base: SourceReader>: SourceReader {
    let base: Base
    let changes: [String: [UInt8]]

    func contents(of path: String) throws(SourceReadError) -> [UInt8]? {
        if let changed = changes[path] { return changed }
        return try base.contents(of: path)
    }

    func entries(of directory: String) throws(SourceReadError) -> [String]? { try base.entries(of: directory) }
}

extension SourceBuild: Sendable where Reader: Sendable {}
