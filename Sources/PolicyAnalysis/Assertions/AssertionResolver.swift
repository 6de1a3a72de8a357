import Diagnostics
import Flask
import PolicyCompiler
import Spelling

/// Looks the names of assertions up in a policy.
struct AssertionResolver {
    let analysed: AnalysedPolicy
    let loaded: LoadedPolicy
    /// Of each type's and attribute's number, less one: the types that have it, as indices.
    let members: [Bitmap]
    private let typeNumbers: [Name: Int]
    private(set) var diagnostics: [Diagnostic] = []
    private var policy: Policy { analysed.policy }

    /// Why an assertion is not checked.
    enum Unresolved: Error {
        /// What is wrong has been said.
        case mistaken
        /// The policy does not have what it need not have.
        case absent(reason: String)
    }

    init(_ analysed: AnalysedPolicy, _ loaded: LoadedPolicy) {
        self.analysed = analysed
        self.loaded = loaded
        let policy = analysed.policy
        var members = [Bitmap](repeating: Bitmap(), count: policy.types.count)
        for (type, attributes) in policy.typeAttributes.enumerated()
        where policy.types.indices.contains(type) && policy.types[type]?.isAttribute == false {
            for attribute in attributes where attribute < members.count { members[attribute].insert(type) }
        }
        self.members = members
        var numbers: [Name: Int] = [:]
        for (index, entry) in policy.types.enumerated() { if let entry { numbers[entry.name] = index } }
        for alias in policy.typeAliases { numbers[alias.name] = Int(alias.number) - 1 }
        typeNumbers = numbers
    }

    mutating func access(of assertion: Assertion) throws(Unresolved) -> AssertedAccess {
        let parties = try parties(of: assertion)
        let classes = try classes(of: assertion)
        var result: AssertedAccess.Result?
        if let item = assertion.result {
            switch parties {
            case .types: result = .type(UInt32(try type(item) + 1))
            case .contexts: result = .context(try context(item))
            }
        }
        return AssertedAccess(parties: parties, classes: classes, result: result, booleans: try booleans(of: assertion))
    }

    mutating func flow(of assertion: Assertion) throws(Unresolved) -> AssertedFlow {
        var ends = Bitmap()
        var trusted = Bitmap()
        let sources = try patterns(assertion.source, &ends)
        let targets = try patterns(assertion.target, &ends)
        for (patterns, names) in [(sources, assertion.source), (targets, assertion.target)] where patterns.isEmpty { throw empty(names, "type") }
        let excluded = try assertion.exceptions.map { names throws(Unresolved) in try patterns(names, &trusted) } ?? []
        return AssertedFlow(
            sources: sources, targets: targets, excluded: excluded, ends: ends, trusted: trusted, booleans: try booleans(of: assertion))
    }

    /// What each of some names of types stands for in a question about flows, and the types. Names that need not be there are left out.
    private mutating func patterns(_ names: AssertionNames, _ types: inout Bitmap) throws(Unresolved) -> [NamePattern] {
        if let item = names.excluded.first {
            throw mistake("malformed-assertion", "of a flow, name the types that are meant, without `-`", at: item.span)
        }
        var patterns: [NamePattern] = []
        for item in names.included {
            if item.name == .itself || item.isContext {
                throw mistake("malformed-assertion", "a flow is between types, attributes and `/expressions/`", at: item.span)
            }
            let found = try members(item)
            if found.isEmpty {
                if item.isOptional { continue }
                throw empty(names, "type")
            }
            types.formUnion(found)
            do throws(QuestionMistake) {
                patterns.append(try NamePattern(item.name == .all ? "/./" : item.text))
            } catch {
                throw mistake(error, at: item.span)
            }
        }
        return patterns
    }

    // MARK: Who

    private mutating func parties(of assertion: Assertion) throws(Unresolved) -> AssertedAccess.Parties {
        let exceptions = assertion.exceptions.map { $0.included + $0.excluded } ?? []
        let items =
            assertion.source.included + assertion.source.excluded + assertion.target.included + assertion.target.excluded + exceptions
            + [assertion.result].compactMap(\.self)
        guard items.contains(where: \.isContext) else {
            var source = try types(assertion.source, isTarget: false)
            if let exceptions = assertion.exceptions {
                for type in try types(exceptions, isTarget: false).types { source.types.remove(type) }
            }
            let target = try types(assertion.target, isTarget: true)
            for (set, names) in [(source, assertion.source), (target, assertion.target)] where set.isEmpty {
                throw empty(names, "type")
            }
            // Of `{ self -TYPE }` nothing may be left for any source.
            guard source.types.contains(where: target.hasTarget) else { throw empty(assertion.target, "type") }
            return .types(source: source.types, target: target)
        }
        if let other = items.first(where: { !$0.isContext }) {
            throw mistake("malformed-assertion", "beside contexts there are only contexts", at: other.span)
        }
        var source = try contexts(assertion.source)
        if let names = assertion.exceptions {
            let exceptions = Set(try contexts(names, isNeeded: false))
            source.removeAll(where: exceptions.contains)
            if source.isEmpty { throw empty(assertion.source, "context") }
        }
        return .contexts(source: source, target: try contexts(assertion.target))
    }

    private mutating func types(_ names: AssertionNames, isTarget: Bool) throws(Unresolved) -> AssertedTypes {
        var set = AssertedTypes()
        for item in names.included {
            if item.name == .itself {
                guard isTarget else { throw mistake("malformed-assertion", "`self` is a target", at: item.span) }
                set.includesSelf = true
            } else {
                set.types.formUnion(try members(item))
            }
        }
        for item in names.excluded {
            if item.name == .itself {
                guard isTarget else { throw mistake("malformed-assertion", "`self` is a target", at: item.span) }
                set.excludesSelf = true
            } else {
                set.excluded.formUnion(try members(item))
            }
        }
        for type in set.excluded { set.types.remove(type) }
        return set
    }

    /// The types that an item names.
    private mutating func members(_ item: AssertionNames.Item) throws(Unresolved) -> Bitmap {
        switch item.name {
        case .all, .itself:
            return Bitmap(policy.types.indices.filter { policy.types[$0]?.isAttribute == false })
        case .name(let bytes):
            if let index = typeNumbers[Name(bytes: bytes)] { return members.indices.contains(index) ? members[index] : Bitmap() }
            try tolerate(item, "type or attribute", policy.types.compactMap { $0?.name } + policy.typeAliases.map(\.name))
            return Bitmap()
        case .expression:
            return Bitmap(try indices(item, among: policy.types.map { $0.flatMap { $0.isAttribute ? nil : $0.name } }, "type"))
        }
    }

    private mutating func type(_ item: AssertionNames.Item) throws(Unresolved) -> Int {
        guard case .name(let bytes) = item.name, let index = typeNumbers[Name(bytes: bytes)] else {
            try tolerate(item, "type", policy.types.compactMap { $0.flatMap { $0.isAttribute ? nil : $0.name } } + policy.typeAliases.map(\.name))
            throw .absent(reason: "the policy has no type `\(item.text)`")
        }
        guard policy.types.indices.contains(index), policy.types[index]?.isAttribute == false else {
            throw mistake("not-a-type", "`\(item.text)` is an attribute: name a type", at: item.span)
        }
        return index
    }

    /// The contexts that are named, each once, without those that are taken away.
    private mutating func contexts(_ names: AssertionNames, isNeeded: Bool = true) throws(Unresolved) -> [SecurityContext] {
        var reason: String?
        let included = try contexts(names.included, &reason)
        if included.isEmpty, isNeeded { throw .absent(reason: reason ?? "") }
        var seen = Set(try contexts(names.excluded, &reason))
        let contexts = included.filter { seen.insert($0).inserted }
        if contexts.isEmpty, isNeeded { throw empty(names, "context") }
        return contexts
    }

    /// Those of some contexts that are there, and why one need not be.
    private mutating func contexts(_ items: [AssertionNames.Item], _ reason: inout String?) throws(Unresolved) -> [SecurityContext] {
        var contexts: [SecurityContext] = []
        for item in items {
            do throws(Unresolved) {
                contexts.append(try context(item))
            } catch {
                guard case .absent(let told) = error else { throw error }
                reason = told
            }
        }
        return contexts
    }

    private mutating func context(_ item: AssertionNames.Item) throws(Unresolved) -> SecurityContext {
        do throws(QuestionMistake) {
            return try analysed.context(analysed.withLevel(item.text), loaded)
        } catch {
            if item.isOptional { throw .absent(reason: error.message) }
            throw mistake(error, at: item.span)
        }
    }

    // MARK: What

    private mutating func classes(of assertion: Assertion) throws(Unresolved) -> [AssertedAccess.Class] {
        let names = policy.classes.map { Optional($0.name) }
        var wanted = Bitmap(try indices(of: assertion.classes, among: names, "class"))
        if wanted.isEmpty { throw empty(assertion.classes, "class") }
        guard let permissions = assertion.permissions else { return wanted.map { .init(number: $0 + 1, permissions: 0) } }
        // A class that is named has each permission that is named; of several that are meant otherwise one has to.
        let isNamed = assertion.classes.included.allSatisfy { if case .name = $0.name { true } else { false } }
        let tables = wanted.map { (index: $0, permissions: policy.permissions(ofClass: $0)) }
        var vectors = [UInt32](repeating: 0, count: policy.classes.count)
        for (items, isExcluded) in [(permissions.included, false), (permissions.excluded, true)] {
            for item in items {
                var isThere = false
                for table in tables {
                    let found = try indices(item, among: table.permissions.map(\.name), "permission", isMistakeIfUnknown: false)
                    isThere = isThere || !found.isEmpty
                    if found.isEmpty, isNamed, case .name = item.name {
                        guard !item.isOptional else { continue }
                        throw mistake(policy.unknownPermission(item.text, ofClass: table.index), at: item.span)
                    }
                    let vector = found.reduce(UInt32(0)) { $0 | 1 << (table.permissions[$1].number - 1) }
                    if isExcluded { vectors[table.index] &= ~vector } else { vectors[table.index] |= vector }
                }
                if !isThere, !isNamed, case .name = item.name {
                    try tolerate(item, "permission", Array(Set(tables.flatMap { $0.permissions.map(\.name) })))
                }
            }
        }
        for index in Array(wanted) where vectors[index] == 0 { wanted.remove(index) }
        if wanted.isEmpty { throw empty(permissions, "permission") }
        return wanted.map { .init(number: $0 + 1, permissions: vectors[$0]) }
    }

    private mutating func booleans(of assertion: Assertion) throws(Unresolved) -> AssertedValues {
        var values = policy.booleans.map(\.value)
        var named = Bitmap()
        for setting in assertion.booleans.settings {
            for index in try indices(setting.name, among: policy.booleans.map { Optional($0.name) }, "boolean") {
                values[index] = setting.value
                named.insert(index)
            }
        }
        return AssertedValues(
            values: values, named: named, isAboutAny: (assertion.booleans.others ?? ([.deny, .noFlow].contains(assertion.verb) ? .any : .first)) == .any)
    }

    // MARK: Names

    private mutating func indices(of names: AssertionNames, among known: [Name?], _ what: String) throws(Unresolved) -> [Int] {
        var found = Set<Int>()
        for item in names.included { found.formUnion(try indices(item, among: known, what)) }
        for item in names.excluded { found.subtract(try indices(item, among: known, what)) }
        return found.sorted()
    }

    private mutating func indices(
        _ item: AssertionNames.Item, among known: [Name?], _ what: String, isMistakeIfUnknown: Bool = true
    ) throws(Unresolved) -> [Int] {
        switch item.name {
        case .all: return known.indices.filter { known[$0] != nil }
        case .itself: throw mistake("malformed-assertion", "`self` is no \(what)", at: item.span)
        case .name(let bytes):
            let found = known.indices.filter { known[$0]?.bytes == bytes }
            if found.isEmpty, isMistakeIfUnknown { try tolerate(item, what, known.compactMap(\.self)) }
            return found
        case .expression:
            do throws(QuestionMistake) {
                let pattern = try NamePattern(item.text)
                return try pattern.indices(among: known, what: what)
            } catch {
                throw mistake(error, at: item.span)
            }
        }
    }

    /// A name that the policy does not have is a mistake, unless a `?` stands behind it.
    private mutating func tolerate(_ item: AssertionNames.Item, _ what: String, _ known: [Name]) throws(Unresolved) {
        guard !item.isOptional else { return }
        let nearest = Spelling.nearest(item.text, among: known.map(\.description))
        throw mistake(.unknown(what: what, name: item.text, nearest: nearest), at: item.span)
    }

    // MARK: Mistakes

    /// A set without names holds whatever is asserted of it; one that is empty because its names need not be there is passed over.
    private mutating func empty(_ names: AssertionNames, _ what: String) -> Unresolved {
        if (names.included + names.excluded).contains(where: \.isOptional) {
            return .absent(reason: "the policy has no such \(what)")
        }
        return mistake("empty-set", "this names no \(what) of the policy: the assertion would hold whatever the policy says", at: names.span)
    }

    mutating func mistake(_ code: Diagnostic.Code, _ message: String, at span: Span, help: String? = nil) -> Unresolved {
        diagnostics.append(Diagnostic(code, .error, message, at: span, help: help))
        return .mistaken
    }

    private mutating func mistake(_ mistake: QuestionMistake, at span: Span) -> Unresolved {
        let (message, nearest): (String, [String])
        switch mistake {
        case .unknown(let what, let name, let found): (message, nearest) = ("the policy has no \(what) `\(name)`", found)
        case .unknownPermission(let name, let objectClass, let found, let others) where others.isEmpty:
            (message, nearest) = ("class `\(objectClass)` has no permission `\(name)`", found)
        case .unknownPermission: (message, nearest) = (mistake.message, [])
        default: return self.mistake(mistake.code, mistake.message, at: span)
        }
        diagnostics.append(
            Diagnostic(
                mistake.code, .error, message, at: span,
                help: (nearest.isEmpty ? "" : "did you mean \(nearest.map { "`\($0)`" }.joined(separator: " or "))? ")
                    + "a name that ends in `?` need not be there"))
        return .mistaken
    }
}

extension QuestionMistake {
    /// The code under which it is told where there is a place for it.
    fileprivate var code: Diagnostic.Code {
        switch self {
        case .unknown(let what, _, _):
            if what.hasPrefix("permission") { return "unknown-permission" }
            if what.hasPrefix("type") { return "unknown-type" }
            return Diagnostic.Code("unknown-\(what)")
        case .unknownPermission: return "unknown-permission"
        case .context: return "invalid-context"
        case .malformed, .pointless: return "malformed-assertion"
        case .undecidable, .tooComplex, .tooLong, .tooMany, .tooManyTypes: return "assertion-too-large"
        }
    }
}
