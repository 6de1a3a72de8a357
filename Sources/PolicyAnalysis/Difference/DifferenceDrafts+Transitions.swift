import Flask
import PolicyCompiler

extension DifferenceDrafts {
    /// Role and range rules, transitions by file name, and defaults of classes.
    mutating func compareTransitions() throws(QuestionMistake) {
        try compareRoleRules()
        try compareRanges()
        try compareFilenames()
        try compareDefaults()
    }

    private mutating func compareRoleRules() throws(QuestionMistake) {
        let (left, right, first, second, pair) = (pair.first, pair.second, first, second, pair)
        let allows = (
            left.roleAllows.map { Fact(key: $0, value: true) },
            right.roleAllows.map {
                Fact(key: RoleAllow(role: pair.roles.joint($0.role), newRole: pair.roles.joint($0.newRole)), value: true)
            }
        )
        func name(_ allow: RoleAllow) -> Name {
            Name(bytes: pair.roles.name(Int(allow.role) - 1).bytes + [32] + pair.roles.name(Int(allow.newRole) - 1).bytes)
        }
        try compare(.roleAllow, allows.0, allows.1, name: name) { isFirst, place in
            let allow = (isFirst ? left : right).roleAllows[place]
            return Statement((isFirst ? first : second).text(allow), .init(.roleAllow(allow)))
        }
        struct Key: Hashable {
            let role: UInt32
            let type: UInt32
            let objectClass: UInt32
        }
        let transitions = (
            left.roleTransitions.map {
                Fact(key: Key(role: $0.role, type: $0.type, objectClass: $0.objectClass), value: $0.newRole)
            },
            right.roleTransitions.map {
                Fact(
                    key: Key(
                        role: pair.roles.joint($0.role), type: pair.types.joint($0.type),
                        objectClass: pair.classes.joint($0.objectClass)),
                    value: pair.roles.joint($0.newRole))
            }
        )
        func transitionName(_ key: Key) -> Name {
            Name(bytes: pair.roles.name(Int(key.role) - 1).bytes + [32] + pair.types.name(Int(key.type) - 1).bytes)
        }
        try compare(.roleTransition, transitions.0, transitions.1, name: transitionName) { isFirst, place in
            let transition = (isFirst ? left : right).roleTransitions[place]
            return Statement((isFirst ? first : second).text(transition), .init(.roleTransition(transition)))
        }
    }

    private func name(_ source: UInt32, _ target: UInt32, _ objectClass: UInt32) -> Name {
        Name(
            bytes: pair.types.name(Int(source) - 1).bytes + [32] + pair.types.name(Int(target) - 1).bytes + [58]
                + pair.classes.name(Int(objectClass) - 1).bytes)
    }

    private mutating func compareRanges() throws(QuestionMistake) {
        struct Key: Hashable {
            let source: UInt32
            let target: UInt32
            let objectClass: UInt32
        }
        let (left, right, first, second, pair) = (pair.first.rangeTransitions, pair.second.rangeTransitions, first, second, pair)
        let before = left.map {
            Fact(key: Key(source: $0.source, target: $0.target, objectClass: $0.objectClass), value: $0.range)
        }
        let after = right.map {
            Fact(
                key: Key(
                    source: pair.types.joint($0.source), target: pair.types.joint($0.target),
                    objectClass: pair.classes.joint($0.objectClass)),
                value: pair.joint($0.range))
        }
        try compare(.rangeTransition, before, after, name: { [self] in name($0.source, $0.target, $0.objectClass) }) {
            isFirst, place in
            let transition = (isFirst ? left : right)[place]
            return Statement((isFirst ? first : second).text(transition), .init(.rangeTransition(transition)))
        }
    }

    /// More transitions of single sources are not compared.
    private static let maximumFilenameTransitions = 1 << 22

    private mutating func compareFilenames() throws(QuestionMistake) {
        struct Key: Hashable {
            let source: UInt32
            let target: UInt32
            let objectClass: UInt32
            let name: Name
        }
        struct Single {
            let transition: FilenameTransition
            let source: UInt32
            let type: UInt32
        }
        let (first, second, pair) = (first, second, pair)
        func singles(_ policy: Policy) throws(QuestionMistake) -> [Single] {
            let count = policy.filenameTransitions.reduce(0) { $0 + $1.results.reduce(0) { $0 + $1.sources.count } }
            guard count <= Self.maximumFilenameTransitions else {
                throw .tooMany(what: "transitions by file names", limit: Self.maximumFilenameTransitions)
            }
            return policy.filenameTransitions.flatMap { transition in
                transition.results.flatMap { result in
                    result.sources.map { Single(transition: transition, source: UInt32($0 + 1), type: result.type) }
                }
            }
        }
        let (left, right) = (try singles(pair.first), try singles(pair.second))
        let before = left.map {
            Fact(
                key: Key(
                    source: $0.source, target: $0.transition.target, objectClass: $0.transition.objectClass,
                    name: $0.transition.name),
                value: $0.type)
        }
        let after = right.map {
            Fact(
                key: Key(
                    source: pair.types.joint($0.source), target: pair.types.joint($0.transition.target),
                    objectClass: pair.classes.joint($0.transition.objectClass), name: $0.transition.name),
                value: pair.types.joint($0.type))
        }
        try compare(
            .typeTransition, before, after,
            name: { [self] in Name(bytes: name($0.source, $0.target, $0.objectClass).bytes + [32] + $0.name.bytes) }
        ) { isFirst, place in
            let single = (isFirst ? left : right)[place]
            return Statement(
                (isFirst ? first : second).text(single.transition, source: single.source, type: single.type),
                .init(.filenameTransition(single.transition, source: single.source, type: single.type)))
        }
    }

    private mutating func compareDefaults() throws(QuestionMistake) {
        struct Key: Hashable {
            let objectClass: Int
            let what: Int
        }
        let (first, second, pair) = (first, second, pair)
        func facts(_ policy: Policy, _ joint: (Int) -> Int) -> [Fact<Key, UInt32>] {
            policy.classes.enumerated().flatMap { index, entry in
                [entry.defaults.user, entry.defaults.role, entry.defaults.type, entry.defaults.range].enumerated()
                    .compactMap { what, value in
                        value == 0 ? nil : Fact(key: Key(objectClass: joint(index), what: what), value: value)
                    }
            }
        }
        let (before, after) = (facts(pair.first) { $0 }, facts(pair.second) { pair.classes.ofSecond[$0] })
        let words = ["default_user", "default_role", "default_type", "default_range"]
        try compare(
            .defaults, before, after,
            name: { Name(bytes: Array("\(words[$0.what]) ".utf8) + pair.classes.name($0.objectClass).bytes) }
        ) { isFirst, place in
            let fact = (isFirst ? before : after)[place]
            let policy = isFirst ? pair.first : pair.second
            let index = isFirst ? fact.key.objectClass : pair.classes.inSecond[fact.key.objectClass] ?? 0
            let texts = (isFirst ? first : second).defaults(policy.classes[index])
            let start = Array("\(words[fact.key.what]) ".utf8)
            return Statement(texts.first { $0.bytes.starts(with: start) } ?? "\(words[fact.key.what]) \(fact.value)")
        }
    }
}
