import Diagnostics
import Flask

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
    /// Reports a name that nothing declares, once, and only if no other mistake explains it.
    mutating func reportUnknown<Entry>(
        _ kind: DeclaredKind, _ reference: NameReference, among table: SymbolTable<Entry>,
        where isCandidate: (Entry) -> Bool = { _ in true }
    ) {
        // To look for what the author may have meant takes long; nobody will see it.
        guard !diagnostics.isFull, reportedUnknown.insert(UnknownName(kind: kind.rawValue, identifier: reference.identifier)).inserted,
            !syntax.unread.contains(reference.identifier), syntax.missingSection != kind.section
        else { return }
        let word = name(of: reference.identifier)
        guard reference.identifier != .selfType else {
            report(
                "misplaced-self", "`self` may stand only as the target of a rule", at: reference,
                notes: ["it means: the same type as the source"])
            return
        }
        let candidates = zip(table.identifiers, table.entries).filter { isCandidate($0.1) }.map { name(of: $0.0) }
        let history = kind == .objectClass && target == .xen ? VocabularyHistory.shared.help(forClass: word) : nil
        let nearest = history == nil ? Spelling.nearest(to: word, among: candidates) : nil
        report(
            kind.unknownCode, "\(kind.rawValue) `\(word)` is not declared", at: reference, label: "not declared",
            help: history ?? (nearest == nil ? "declare it with `\(kind.declaration(of: word))`" : nil), nearest: nearest)
    }

    /// Reports a permission that a class does not have, once for each class.
    mutating func reportUnknownPermission(_ reference: NameReference, of objectClass: Int) {
        let key = UnknownName(kind: "permission of \(objectClass)", identifier: reference.identifier)
        guard !diagnostics.isFull, reportedUnknown.insert(key).inserted else { return }
        let entry = result.classes[objectClass].objectClass
        // A class whose permissions could not be read has none to be known. That a rule about it could not be read is
        // no reason to be silent.
        if entry.permissions.isEmpty, entry.common == 0, let owner = syntax.identifiers.find(entry.name.description),
            syntax.unread.contains(owner)
        {
            return
        }
        guard !syntax.unread.contains(reference.identifier), syntax.missingSection != .accessVectors else { return }
        var candidates = entry.permissions.map(\.name.description)
        if entry.common != 0 {
            candidates += result.commons[Int(entry.common) - 1].table.permissions.map(\.name.description)
        }
        let word = name(of: reference.identifier)
        let help = owner(ofPermission: word) ?? (
            target == .xen ? VocabularyHistory.shared.help(forPermission: word, of: entry.name.description) : nil)
        report(
            "unknown-permission", "class `\(entry.name)` has no permission `\(word)`", at: reference, help: help,
            nearest: help == nil ? Spelling.nearest(to: word, among: candidates) : nil)
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
