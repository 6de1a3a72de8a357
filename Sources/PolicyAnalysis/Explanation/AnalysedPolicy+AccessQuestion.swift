public import Flask
import PolicyCompiler
import Spelling

extension AnalysedPolicy {
    /// The question that is meant by words: contexts as text, names of a class and of permissions, and values that booleans are to have
    /// instead of the policy's. Throws for what the policy does not have, with the nearest names.
    public func accessQuestion(
        source: String, target: String, objectClass: String, permissions: [String], booleans: [(name: String, value: Bool)] = [],
        by loaded: LoadedPolicy? = nil
    ) throws(QuestionMistake) -> AccessQuestion {
        let loaded = if let loaded { loaded } else { try self.loaded() }
        guard let index = policy.classes.firstIndex(where: { $0.name == Name(objectClass) }) else {
            throw unknown(objectClass, "class", policy.classes.map(\.name))
        }
        let known = policy.permissions(ofClass: index)
        var wanted: [PermissionTable.Permission] = []
        for name in permissions {
            guard let permission = known.first(where: { $0.name == Name(name) }) else {
                throw policy.unknownPermission(name, ofClass: index)
            }
            if !wanted.contains(permission) { wanted.append(permission) }
        }
        var values = policy.booleans.map(\.value)
        for (name, value) in booleans {
            guard let index = policy.booleans.firstIndex(where: { $0.name == Name(name) }) else {
                throw unknown(name, "boolean", policy.booleans.map(\.name))
            }
            values[index] = value
        }
        return AccessQuestion(
            source: try context(source, loaded), target: try context(target, loaded), objectClass: UInt16(index + 1), permissions: wanted,
            booleans: values)
    }

    /// The policy as Xen decides from it, or Linux.
    public func loaded() throws(QuestionMistake) -> LoadedPolicy {
        do throws(PolicyLoadError) {
            return try LoadedPolicy(policy, subjectClass: policy.subjectClass)
        } catch {
            throw .undecidable(reason: "\(error)")
        }
    }

    func context(_ text: String, _ loaded: LoadedPolicy) throws(QuestionMistake) -> SecurityContext {
        try context(Array(text.utf8), by: loaded)
    }

    /// The context that bytes mean, which may be any. Throws for what the policy does not have, with the nearest names unless nobody wants to wait for them.
    public func context(_ bytes: [UInt8], by loaded: LoadedPolicy, findsNearest: Bool = true) throws(QuestionMistake) -> SecurityContext {
        do throws(ContextTextError) {
            return try loaded.context(bytes)
        } catch {
            let text = String(decoding: bytes, as: UTF8.self)
            switch error {
            case .incomplete: throw .context(text, reason: contextForm + (findsNearest ? example(of: text).map { ", such as `\($0)`" } ?? "" : ""))
            case .unknownName(let kind, let name): throw unknown(name.description, word(kind), findsNearest ? names(kind) : [])
            case .isAttribute(let name): throw .context(text, reason: "`\(name)` is an attribute: name one of its types")
            case .emptyCategoryRange(let first, let last): throw .context(text, reason: "`\(first).\(last)` holds no categories")
            case .trailingText: throw .context(text, reason: policy.isMLS ? "it goes on behind its level" : "it goes on behind its type: the policy has no MLS")
            case .invalid(let context): throw .context(text, reason: reasonForInvalidity(of: context))
            }
        }
    }

    /// How a context is written.
    private var contextForm: String { policy.isMLS ? "it is `user:role:type:level`" : "it is `user:role:type`" }

    /// A context with a type that stands there in place of one.
    private func example(of text: String) -> String? {
        let name = Name(text)
        guard !policy.isMLS, let type = policy.types.firstIndex(where: { $0.map { !$0.isAttribute && $0.name == name } ?? false }) else { return nil }
        for user in policy.users.compactMap(\.self) {
            for number in user.roles {
                guard policy.roles.indices.contains(number), let role = policy.roles[number], role.types.contains(type) else { continue }
                return "\(user.name):\(role.name):\(name)"
            }
        }
        return nil
    }

    private func reasonForInvalidity(of context: SecurityContext) -> String {
        let names = PolicyNames(policy)
        let (user, role, type) = (names.user(context.user), names.role(context.role), names.type(context.type))
        let objectRole = context.role == 1
        if !objectRole, policy.users[Int(context.user) - 1]?.roles.contains(Int(context.role) - 1) != true {
            return "the user `\(user)` does not have the role `\(role)`"
        }
        if !objectRole, policy.roles[Int(context.role) - 1]?.types.contains(Int(context.type) - 1) != true {
            return "the role `\(role)` does not have the type `\(type)`"
        }
        return "its levels are not among those of the user `\(user)`, or a sensitivity does not have a category"
    }

    private func word(_ kind: SymbolKind) -> String {
        switch kind {
        case .common: "common"
        case .objectClass: "class"
        case .role: "role"
        case .type: "type"
        case .user: "user"
        case .boolean: "boolean"
        case .sensitivity: "sensitivity"
        case .category: "category"
        }
    }

    private func names(_ kind: SymbolKind) -> [Name] {
        switch kind {
        case .role: policy.roles.compactMap { $0?.name }
        case .user: policy.users.compactMap { $0?.name }
        case .sensitivity: policy.sensitivities.map(\.name) + policy.sensitivityAliases.map(\.name)
        case .category: policy.categories + policy.categoryAliases.map(\.name)
        default: policy.types.compactMap { $0.flatMap { $0.isAttribute ? nil : $0.name } } + policy.typeAliases.map(\.name)
        }
    }

    private func unknown(_ name: String, _ what: String, _ known: [Name]) -> QuestionMistake {
        .unknown(what: what, name: name, nearest: Spelling.nearest(name, among: known.map(\.description)))
    }
}
