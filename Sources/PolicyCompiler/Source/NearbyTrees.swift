/// The policy trees around a path that names none: what somebody who gave it may have meant.
///
/// A tree is one folder, and what is given in its place is mostly a module in it, one of its folders, or the folder in which trees lie.
public struct NearbyTrees: Hashable, Sendable {
    /// The tree in which the path lies; nil where none of the folders above is one.
    public let around: String?
    /// Trees in the folder, or in the folders in it, in byte order; not looked for where there is one around.
    public let below: [String]

    /// How far up is looked, and at how many folders below.
    private static let limits = (above: 4, folders: 256)

    /// What cannot be read is passed over: this is advice.
    public init(_ path: String, reader: some SourceReader) {
        around = Self.around(path, reader)
        below = around == nil ? Self.below(path, reader) : []
    }

    /// What to say behind that the path is none: where a tree is, and what to give; nil where none is near.
    public var advice: String? {
        if let around { return "it lies in the tree `\(around)`: give that" }
        guard let first = below.first else { return nil }
        if below.count == 1 { return "there is one in it: give `\(first)`" }
        let names = below.prefix(5).map { "`\($0)`" }.joined(separator: ", ")
        return "there are \(below.count) in it, of which to give one: \(names)" + (below.count > 5 ? ", …" : "")
    }

    /// The tree of which a file is a part, by its name and where it lies; nil for what may be a policy by itself.
    public static func tree(ofModule path: String, reader: some SourceReader) -> String? {
        guard [".te", ".if", ".cons", ".spt"].contains(where: path.hasSuffix) else { return nil }
        return around(path, reader)
    }

    private static func around(_ path: String, _ reader: some SourceReader) -> String? {
        var folder = path
        for _ in 0..<limits.above {
            guard let above = parent(of: folder) else { return nil }
            folder = above
            if isTree(folder, reader) { return folder }
        }
        return nil
    }

    private static func below(_ path: String, _ reader: some SourceReader) -> [String] {
        var remaining = limits.folders
        func trees(in folder: String) -> (trees: [String], others: [String]) {
            var (trees, others): ([String], [String]) = ([], [])
            for name in (try? reader.entries(of: folder)) ?? [] where !name.hasPrefix(".") && remaining > 0 {
                let inner = folder.appending(path: name)
                guard (try? reader.entries(of: inner)) != nil else { continue }
                remaining -= 1
                if isTree(inner, reader) { trees.append(inner) } else { others.append(inner) }
            }
            return (trees, others)
        }
        let (found, others) = trees(in: path)
        return found + others.flatMap { trees(in: $0).trees }
    }

    private static func isTree(_ folder: String, _ reader: some SourceReader) -> Bool {
        ((try? PolicyTree(at: folder, reader: reader)) ?? nil) != nil
    }

    /// The folder in which something lies, by its name alone; nil for the root.
    private static func parent(of path: String) -> String? {
        var parts = path.split(separator: "/").filter { $0 != "." }
        let isAbsolute = path.hasPrefix("/")
        guard let last = parts.last else { return isAbsolute ? nil : ".." }
        if last == ".." {
            parts.append("..")
        } else {
            parts.removeLast()
        }
        let text = parts.joined(separator: "/")
        return isAbsolute ? "/" + text : text.isEmpty ? "." : text
    }
}
