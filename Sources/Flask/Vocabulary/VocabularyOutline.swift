/// The classes, permissions and initial SIDs of a policy, ready to be held against the tables of all releases.
///
/// The tables are compared as text, line by line, so that asking for the fitting releases costs less than reading
/// one table.
public struct VocabularyOutline: Sendable {
    /// As in the tables; a space ends each word.
    private let initialSIDs: [UInt8]
    private let classes: [[UInt8]]

    /// Names in number order; permissions in bit order, those of a common left out.
    public init(initialSIDs: [[UInt8]], classes: [(name: [UInt8], permissions: [[UInt8]])]) {
        let space = UInt8(ascii: " ")
        self.initialSIDs = initialSIDs.reduce(Array("sids ".utf8)) { $0 + $1 + [space] }
        self.classes = classes.map { entry in
            var line = entry.name
            line.append(space)
            for permission in entry.permissions {
                line += permission
                line.append(space)
            }
            return line
        }
    }

    /// The releases whose classes and permissions have the same numbers here, more allowed at the ends, and whose
    /// initial SIDs are the same. Oldest first.
    public func fittingReleases() -> [XenRelease] {
        XenRelease.all.filter { release in
            Vocabulary.tables.contains { $0.release == release.name && fits($0.text) }
        }
    }

    private func fits(_ table: String) -> Bool {
        var index = -1
        var offset = 0
        var line = initialSIDs
        for byte in table.utf8 {
            if byte == UInt8(ascii: "\n") {
                guard endsWord(line, offset), index >= 0 || offset == line.count - 1 else { return false }
                index += 1
                guard index < classes.count else { return false }
                line = classes[index]
                offset = 0
            } else {
                guard offset < line.count, line[offset] == byte else { return false }
                offset += 1
            }
        }
        return endsWord(line, offset)
    }

    private func endsWord(_ line: [UInt8], _ offset: Int) -> Bool {
        offset < line.count && line[offset] == UInt8(ascii: " ")
    }
}
