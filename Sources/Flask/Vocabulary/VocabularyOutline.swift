/// The classes, permissions and initial SIDs of a policy, ready to be held against the tables of all releases.
///
/// The tables are compared as text, line by line, so that asking for the fitting releases costs less than reading
/// one table.
public struct VocabularyOutline: Sendable {
    private enum InitialSIDs: Sendable {
        /// As in the tables.
        case names([UInt8])
        case count(Int)
    }

    private let initialSIDs: InitialSIDs
    /// As in the tables; a space ends each word.
    private let classes: [[UInt8]]

    /// Names in number order; permissions in bit order, those of a common left out.
    public init(initialSIDs: [[UInt8]], classes: [(name: [UInt8], permissions: [[UInt8]])]) {
        self.initialSIDs = .names(initialSIDs.reduce(Array("sids".utf8)) { $0 + [Self.space] + $1 })
        self.classes = classes.map { Self.line($0.name, $0.permissions) }
    }

    /// Those of an image, which numbers initial SIDs and does not name them: releases with as many are taken for equal.
    public init(_ policy: Policy) {
        initialSIDs = .count(Int(policy.initialContexts.map(\.sid).max() ?? 0))
        classes = policy.classes.map { entry in
            Self.line(entry.name.bytes, entry.permissions.sorted { $0.number < $1.number }.map(\.name.bytes))
        }
    }

    private static let space = UInt8(ascii: " ")

    private static func line(_ name: [UInt8], _ permissions: [[UInt8]]) -> [UInt8] {
        var line = name
        line.append(space)
        for permission in permissions {
            line += permission
            line.append(space)
        }
        return line
    }

    /// The releases whose classes and permissions have the same numbers here, more allowed at the ends, and whose
    /// initial SIDs are the same. Oldest first.
    public func fittingReleases() -> [XenRelease] {
        XenRelease.all.filter { release in
            Vocabulary.tables.contains { $0.release == release.name && fits($0.text) }
        }
    }

    private func fits(_ table: String) -> Bool {
        let text = table.utf8
        guard let end = text.firstIndex(of: UInt8(ascii: "\n")) else { return false }
        switch initialSIDs {
        case .names(let line): guard text[..<end].elementsEqual(line) else { return false }
        case .count(let count): guard text[..<end].count(where: { $0 == Self.space }) == count else { return false }
        }
        var index = 0
        var offset = 0
        guard var line = classes.first else { return false }
        for byte in text[text.index(after: end)...] {
            if byte == UInt8(ascii: "\n") {
                guard endsWord(line, offset) else { return false }
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
        offset < line.count && line[offset] == Self.space
    }
}
