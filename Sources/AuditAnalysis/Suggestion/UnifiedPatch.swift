/// Lines put into files as a patch in the unified form, which `patch -p1` applies in the tree's folder.
struct UnifiedPatch {
    /// What is told of each change's surroundings.
    private static let context = 3
    private static let noNewline = "\\ No newline at end of file"

    /// The patch's bytes: a file may hold any. Nil where a file's name is none that a patch can hold.
    static func bytes(_ insertions: [SourceInsertion], named name: (String) -> String, contents: (String) -> [UInt8]?) -> [UInt8]? {
        var patch: [UInt8] = []
        for (file, insertions) in Dictionary(grouping: insertions, by: \.file).sorted(by: { $0.key < $1.key }) {
            let name = name(file)
            guard isPlain(name), let bytes = contents(file) else { return nil }
            // A blank in a name ends where a tab does.
            let end = name.contains(" ") ? "\t\n" : "\n"
            patch += "--- a/\(name)\(end)+++ b/\(name)\(end)".utf8
            append(SourceLines(bytes), SourceLines.ordered(insertions), to: &patch)
        }
        return patch
    }

    /// Whether a name can stand in a patch as it is, and names nothing outside of the folder.
    static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && !name.hasPrefix("/") && !name.split(separator: "/").contains("..")
            && name.utf8.allSatisfy { (0x20..<0x7f).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    }

    private static func append(_ file: SourceLines, _ insertions: [SourceInsertion], to patch: inout [UInt8]) {
        let count = file.lines.count
        var index = 0
        var added = 0
        while index < insertions.count {
            // Changes whose surroundings meet are told together.
            var end = index + 1
            while end < insertions.count, insertions[end].line - insertions[end - 1].line <= 2 * context { end += 1 }
            let hunk = insertions[index..<end]
            let first = max(0, min(hunk[index].line, count) - context)
            let last = min(count, hunk[end - 1].line + context)
            var body: [UInt8] = []
            var new = 0
            func line(_ mark: Character, _ text: some Sequence<UInt8>) {
                body += String(mark).utf8
                body += text
                body.append(UInt8(ascii: "\n"))
                new += 1
            }
            var next = first
            func copy(to stop: Int) {
                while next < stop {
                    let isLast = next + 1 == count && !file.isTerminated
                    if isLast, hunk.contains(where: { $0.line >= count }) {
                        // It gets an end, since something follows.
                        line("-", file.lines[next])
                        body += "\(noNewline)\n".utf8
                        new -= 1
                        line("+", file.lines[next])
                    } else {
                        line(" ", file.lines[next])
                        if isLast { body += "\(noNewline)\n".utf8 }
                    }
                    next += 1
                }
            }
            for insertion in hunk {
                copy(to: min(insertion.line, count))
                for text in insertion.text { line("+", text.utf8) }
            }
            copy(to: last)
            let old = last - first
            let oldStart = old == 0 ? first : first + 1
            let newStart = new == 0 ? first + added : first + added + 1
            patch += "@@ -\(oldStart),\(old) +\(newStart),\(new) @@\n".utf8
            patch += body
            added += new - old
            index = end
        }
    }
}
