package import Flask

/// The names behind a policy's numbers, and the parts of a text that all languages share.
package struct PolicyNames {
    package let policy: Policy
    /// For each class the names of its permissions by bit.
    private let permissionNames: [[Name?]]

    package init(_ policy: Policy) {
        self.policy = policy
        permissionNames = policy.classes.map { entry in
            var names = [Name?](repeating: nil, count: 32)
            let common = entry.common == 0 ? [] : policy.commons[Int(entry.common) - 1].permissions
            for permission in common + entry.permissions where (1...32).contains(permission.number) {
                names[Int(permission.number) - 1] = permission.name
            }
            return names
        }
    }

    // MARK: Symbols

    package func type(_ number: some BinaryInteger) -> Name {
        let index = Int(number) - 1
        guard policy.types.indices.contains(index) else { return "" }
        return policy.types[index]?.name ?? ""
    }

    package func isAttribute(_ number: some BinaryInteger) -> Bool {
        let index = Int(number) - 1
        guard policy.types.indices.contains(index) else { return false }
        return policy.types[index]?.isAttribute ?? false
    }

    package func role(_ number: some BinaryInteger) -> Name {
        let index = Int(number) - 1
        guard policy.roles.indices.contains(index) else { return "" }
        return policy.roles[index]?.name ?? ""
    }

    package func user(_ number: some BinaryInteger) -> Name {
        let index = Int(number) - 1
        guard policy.users.indices.contains(index) else { return "" }
        return policy.users[index]?.name ?? ""
    }

    package func objectClass(_ number: some BinaryInteger) -> Name {
        let index = Int(number) - 1
        return policy.classes.indices.contains(index) ? policy.classes[index].name : ""
    }

    /// The permissions of an access vector that the class has, in the order of their bits.
    package func permissions(_ vector: UInt32, ofClass number: some BinaryInteger) -> [PolicyText] {
        let index = Int(number) - 1
        guard permissionNames.indices.contains(index) else { return [] }
        return (0..<32).compactMap { bit in
            guard vector & (1 << UInt32(bit)) != 0 else { return nil }
            return permissionNames[index][bit].map { PolicyText($0) }
        }
    }

    /// Types that are no attributes, and attributes, by name.
    package var sortedTypes: [(name: Name, index: Int)] { sorted(isAttribute: false) }
    package var sortedAttributes: [(name: Name, index: Int)] { sorted(isAttribute: true) }

    private func sorted(isAttribute: Bool) -> [(name: Name, index: Int)] {
        policy.types.enumerated()
            .compactMap { index, entry in
                entry.flatMap { $0.isAttribute == isAttribute ? (name: $0.name, index: index) : nil }
            }
            .sorted { $0.name < $1.name }
    }

    package var sortedRoles: [Role] { policy.roles.compactMap { $0 }.sorted { $0.name < $1.name } }
    package var sortedUsers: [User] { policy.users.compactMap { $0 }.sorted { $0.name < $1.name } }

    /// The names of types, or of roles or users, in a set of indices, sorted.
    package func sortedNames(_ indices: Bitmap, _ kind: SymbolKind) -> [PolicyText] {
        indices.map { index in
            switch kind {
            case .role: PolicyText(role(index + 1))
            case .user: PolicyText(user(index + 1))
            default: PolicyText(type(index + 1))
            }
        }
        .filter { !$0.bytes.isEmpty }.sorted()
    }

    // MARK: Levels

    /// Categories in runs of consecutive ones.
    func runs(_ categories: Bitmap) -> [(first: Int, last: Int)] {
        var result: [(first: Int, last: Int)] = []
        for category in categories {
            if let last = result.last, last.last + 1 == category {
                result[result.count - 1].last = category
            } else {
                result.append((category, category))
            }
        }
        return result
    }

    package func category(_ index: Int) -> Name {
        policy.categories.indices.contains(index) ? policy.categories[index] : ""
    }

    package func sensitivity(_ number: UInt32) -> Name {
        let index = Int(number) - 1
        return policy.sensitivities.indices.contains(index) ? policy.sensitivities[index].name : ""
    }

    // MARK: Rules

    /// The kinds in the order in which rules are written. It decides which of two rules about the same comes first in
    /// a binary.
    static let kinds: [Rule.Kind] = [
        .allow, .auditAllow, .auditDeny, .allowExtended, .auditAllowExtended, .dontAuditExtended, .typeTransition,
        .typeMember, .typeChange,
    ]

    /// Refuses policies whose rules are about something that has no name.
    func checkNames() throws(DecompilationError) {
        func isHole(_ number: Int) -> Bool {
            !policy.types.indices.contains(number - 1) || policy.types[number - 1] == nil
        }
        let lists = policy.conditionals.flatMap { [$0.whenTrue, $0.whenFalse] } + [policy.rules.rules]
        for list in lists where list.contains(where: { isHole(Int($0.source)) || isHole(Int($0.target)) }) {
            throw .namelessAttributes(version: policy.version)
        }
        for (index, attributes) in policy.typeAttributes.enumerated() where policy.types[index] != nil {
            if attributes.contains(where: { isHole($0 + 1) }) { throw .namelessAttributes(version: policy.version) }
        }
    }

    /// The name of each capability.
    func capabilities() throws(DecompilationError) -> [PolicyText] {
        let names = PolicyCapability.names(Dialect(layout: .checkpolicy3_6))
        var result: [PolicyText] = []
        for number in policy.capabilities {
            guard number < names.count else { throw .unknownCapability(number) }
            result.append(PolicyText(stringLiteral: names[number]))
        }
        return result.sorted()
    }

    // MARK: Addresses

    /// An address of 4 or 16 bytes, as it is usually written.
    func address(_ bytes: [UInt8]) -> PolicyText {
        if bytes.count == 4 { return bytes.map { PolicyText(stringLiteral: String($0)) }.joined(".") }
        let groups = stride(from: 0, to: bytes.count - 1, by: 2).map { index in
            PolicyText(stringLiteral: String(UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1]), radix: 16))
        }
        return groups.joined(":")
    }

    func transport(_ number: UInt32) throws(DecompilationError) -> String {
        switch number {
        case 6: return "tcp"
        case 17: return "udp"
        case 33: return "dccp"
        case 132: return "sctp"
        default: throw .unknownTransport(number)
        }
    }

    func behaviour(_ use: NetworkContexts.FilesystemUse) throws(DecompilationError) -> String {
        switch NetworkContexts.FilesystemUse.Behaviour(rawValue: use.behaviour) {
        case .extendedAttributes: return "xattr"
        case .transition: return "trans"
        case .task: return "task"
        case nil: throw .unknownFilesystemUse(use.behaviour, use.name)
        }
    }

    /// Of a file's path what stands in a text: where capabilities ask for wildcards, the compiler adds the last one.
    func path(_ entry: GenfsContexts.Entry) -> Name {
        guard policy.capabilities.contains(PolicyCapability.genfsWildcard), entry.path.bytes.last == UInt8(ascii: "*") else {
            return entry.path
        }
        return Name(bytes: Array(entry.path.bytes.dropLast()))
    }
}
