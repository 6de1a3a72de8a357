import Diagnostics
import Flask
import Spelling

/// What a name is wanted to be.
enum DeclaredKind: String, Sendable {
    case objectClass = "class"
    case common, type, attribute, role, user, boolean, sensitivity
    case roleAttribute = "role attribute"

    /// What a name that is none is reported as.
    var unknownCode: Diagnostic.Code {
        switch self {
        case .objectClass: "unknown-class"
        case .common: "unknown-common"
        case .type: "unknown-type"
        case .attribute: "unknown-attribute"
        case .role: "unknown-role"
        case .user: "unknown-user"
        case .boolean: "unknown-boolean"
        case .sensitivity: "unknown-sensitivity"
        case .roleAttribute: "unknown-role-attribute"
        }
    }

    /// How a name is declared.
    fileprivate func declaration(of name: String) -> String {
        switch self {
        case .objectClass: "class \(name)"
        case .common: "common \(name) { … }"
        case .type: "type \(name);"
        case .attribute: "attribute \(name);"
        case .role: "role \(name);"
        case .user: "user \(name) roles …;"
        case .boolean: "bool \(name) true;"
        case .sensitivity: "sensitivity \(name);"
        case .roleAttribute: "attribute_role \(name);"
        }
    }

    /// Where such symbols are declared.
    fileprivate var section: Section {
        switch self {
        case .objectClass: .classes
        case .common: .commons
        case .type, .attribute, .role, .boolean, .roleAttribute: .rules
        case .user: .users
        case .sensitivity: .sensitivities
        }
    }
}

extension Resolver {
    /// Whether an unknown name was not reported yet at the place where an author wrote it.
    ///
    /// What stands in a macro is reported again for each call that an author makes, so that they can be counted.
    mutating func isNewlyUnknown(_ name: UnknownName, _ reference: NameReference) -> Bool {
        // To look for what the author may have meant takes long; nobody will see it.
        guard !diagnostics.isFull else { return false }
        let span = span(reference)
        let call = map.stack(of: span.expansion).last?.call ?? .unknown
        let line = text.runs.count == 1 ? presumedLine(of: Int(reference.offset)) : nil
        let position = line == nil ? map.written(span).start : .unknown
        return reportedUnknown.insert(UnknownPlace(name: name, position: position, call: call, line: line)).inserted
    }

    /// How many bytes behind a marker lines are counted: a flattened policy has a marker every few lines.
    private static let longestSearch = 1 << 16

    /// The line of a flattened policy's source in which an offset stands, by its markers.
    private func presumedLine(of offset: Int) -> UnknownPlace.Line? {
        let next = syntax.lineMarkers.partitioningIndex { Int($0) >= offset }
        guard next > 0, let marker = LineMarker(text.bytes, at: Int(syntax.lineMarkers[next - 1])), let file = marker.file,
            marker.offset <= offset, offset - marker.offset < Self.longestSearch
        else { return nil }
        let lines = text.bytes[marker.offset..<offset].count { $0 == UInt8(ascii: "\n") }
        return UnknownPlace.Line(file: file, number: marker.line + lines)
    }

    /// Reports a name that nothing declares, if no other mistake explains it: once where an author wrote it.
    mutating func reportUnknown<Entry>(
        _ kind: DeclaredKind, _ reference: NameReference, among table: SymbolTable<Entry>,
        where isCandidate: (Entry) -> Bool = { _ in true }
    ) {
        let key = UnknownName(kind: kind.rawValue, identifier: reference.identifier)
        guard !syntax.unread.contains(reference.identifier), syntax.missingSection != kind.section,
            isNewlyUnknown(key, reference)
        else { return }
        let word = name(of: reference.identifier)
        guard reference.identifier != .selfType else {
            report(
                "misplaced-self", "`self` may stand only as the target of a rule", at: reference,
                notes: ["it means: the same type as the source"])
            return
        }
        let advice = advice[key] ?? {
            let history = kind == .objectClass && target == .xen ? VocabularyHistory.shared.help(forClass: word) : nil
            guard history == nil else { return Advice(help: history) }
            let candidates = zip(table.identifiers, table.entries).filter { isCandidate($0.1) }.map { name(of: $0.0) }
            let nearest = Spelling.guess(word, among: candidates)
            let declaration = "declare it with `\(kind.declaration(of: word))`"
            return Advice(help: nearest == nil ? declaration : nil, nearest: nearest)
        }()
        self.advice[key] = advice
        report(
            kind.unknownCode, "\(kind.rawValue) `\(word)` is not declared", at: reference, label: "not declared",
            help: advice.help, nearest: advice.nearest)
    }

    /// Reports a permission that a class does not have, once for each class where an author wrote it.
    mutating func reportUnknownPermission(_ reference: NameReference, of objectClass: Int) {
        let key = UnknownName(kind: "permission of \(objectClass)", identifier: reference.identifier)
        let entry = result.classes[objectClass].objectClass
        // A class whose permissions could not be read has none to be known. That a rule about it could not be read is
        // no reason to be silent.
        if entry.permissions.isEmpty, entry.common == 0, let owner = syntax.identifiers.find(entry.name.description),
            syntax.unread.contains(owner)
        {
            return
        }
        guard !syntax.unread.contains(reference.identifier), syntax.missingSection != .accessVectors,
            isNewlyUnknown(key, reference)
        else { return }
        let word = name(of: reference.identifier)
        let advice = advice[key] ?? {
            let help = owner(ofPermission: word) ?? (
                target == .xen ? VocabularyHistory.shared.help(forPermission: word, of: entry.name.description) : nil)
            guard help == nil else { return Advice(help: help) }
            var candidates = entry.permissions.map(\.name.description)
            if entry.common != 0 {
                candidates += result.commons[Int(entry.common) - 1].table.permissions.map(\.name.description)
            }
            return Advice(nearest: Spelling.guess(word, among: candidates))
        }()
        self.advice[key] = advice
        report(
            "unknown-permission", "class `\(entry.name)` has no permission `\(word)`", at: reference, help: advice.help,
            nearest: advice.nearest)
    }

    /// Which class of this policy has a permission of a name.
    private func owner(ofPermission word: String) -> String? {
        let owners = result.classes.entries.filter { entry in
            var all = entry.objectClass.permissions
            if entry.objectClass.common != 0 {
                all += result.commons[Int(entry.objectClass.common) - 1].table.permissions
            }
            return all.contains { $0.name == Name(word) }
        }.map { "`\($0.objectClass.name)`" }
        switch owners.count {
        case 0: return nil
        case 1: return "class \(owners[0]) has a permission of that name"
        default: return "classes \(owners.prefix(3).joined(separator: ", ")) have a permission of that name"
        }
    }
}

extension Resolver {
    /// What to do about a name that is unknown.
    struct Advice {
        var help: String?
        var nearest: Spelling.Guess?
    }

    /// An unknown name and where an author wrote it.
    struct UnknownPlace: Hashable {
        struct Line: Hashable {
            let file: String
            let number: Int
        }

        let name: UnknownName
        let position: SourcePosition
        /// The call, in a file, of the macro that the text comes from.
        let call: SourcePosition
        /// What the line markers of a flattened policy say.
        let line: Line?
    }
}
