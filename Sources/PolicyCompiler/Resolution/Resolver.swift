import Diagnostics
import Flask
import Spelling

/// Looks up the names of a policy's statements, in the two passes in which checkpolicy does: first what is declared,
/// then what is said about it.
struct Resolver {
    let syntax: Syntax
    let text: MappedText
    /// Where the text comes from.
    let map: SourceMap
    let dialect: Dialect
    let target: Policy.Target
    /// Nil for Xen, whose versions have the same language.
    let version: UInt32?
    let isMLS: Bool
    let declaresRolesByTheirTypes: Bool
    var diagnostics: DiagnosticLog
    var result: Resolution
    /// The scopes that begin at each begin and else of an optional block, in the order of the statements.
    var scopeBeginnings: [UInt32] = []
    var scope = ScopeCursor([])
    /// Permissions by class: see ``permissionBit(_:of:)``.
    var permissionNumbers: [UInt32] = []
    var permissionBits: [UInt8] = []
    var permissionCount = 0
    /// Names already reported as unknown, with where they are written: an author's place is reported once.
    var reportedUnknown: Set<UnknownPlace> = []
    /// What to do about names that are reported as unknown: to find it takes long.
    var advice: [UnknownName: Advice] = [:]
    /// What role, user and range authorise, for the validity of contexts; made when the first context comes.
    var authorisation: Authorisation?
    /// What has a context.
    var known = KnownContexts()
    /// Whether all users are known and their ranges decided, which is so when the first context comes.
    var hasClearances = false
    /// The roles and users that a block declares, by its scope.
    var localRoles: [UInt32: Set<Int>] = [:]
    var localUsers: [UInt32: Set<Int>] = [:]
    var conditional: ConditionalInProgress?
    /// Roles and users that got less than was written for them, because a name there is wrong.
    var incomplete: Set<Identifier> = []
    /// Whether levels cannot be compared, because a declaration of theirs is wrong.
    var hasBrokenLevels = false
    /// The scope stack of `if` inside optional.
    var currentNode: UInt32 = 0

    struct UnknownName: Hashable {
        let kind: String
        let identifier: Identifier
    }

    private init(
        _ syntax: Syntax, _ text: MappedText, _ map: SourceMap, _ dialect: Dialect, _ goal: Goal, _ options: CompileOptions,
        _ diagnostics: DiagnosticLog
    ) {
        self.syntax = syntax
        self.text = text
        self.map = map
        self.dialect = dialect
        target = goal.target
        version = goal.version
        isMLS = options.isMLS
        declaresRolesByTheirTypes = options.declaresRolesByTheirTypes
        self.diagnostics = diagnostics
        result = Resolution(identifierCount: syntax.identifiers.count)
    }

    /// Resolves a whole policy; what is wrong with it goes to `diagnostics`.
    static func resolve(
        _ syntax: Syntax, _ text: MappedText, map: SourceMap, dialect: Dialect, goal: Goal, options: CompileOptions,
        diagnostics: inout DiagnosticLog
    ) -> Resolution {
        var resolver = Resolver(syntax, text, map, dialect, goal, options, diagnostics)
        resolver.declareObjectRole()
        resolver.declare()
        resolver.indexPermissions()
        resolver.relate()
        resolver.finish()
        diagnostics = resolver.diagnostics
        return resolver.result
    }

    // MARK: The two passes

    /// The first pass: everything that a statement declares.
    private mutating func declare() {
        scope = ScopeCursor([])
        var stack: [UInt32] = [0]
        for index in syntax.nodes.indices {
            if diagnostics.isFull { return }
            currentNode = UInt32(index)
            switch syntax.nodes[index].statement {
            case .optionalBegin:
                let scope = result.scopes.beginOptional(
                    inside: stack[stack.count - 1], offset: syntax.nodes[index].offset)
                stack.append(scope)
                noteScope(scope)
            case .optionalElse:
                let scope = result.scopes.beginElse(of: stack[stack.count - 1])
                stack[stack.count - 1] = scope
                noteScope(scope)
            case .optionalEnd:
                if stack.count > 1 { stack.removeLast() }
            case let statement:
                declare(statement, in: stack[stack.count - 1])
            }
        }
    }

    private mutating func noteScope(_ scope: UInt32) {
        scopeBeginnings.append(scope)
        while result.contents.count <= Int(scope) { result.contents.append(ScopeContents()) }
    }

    /// The second pass: rules, users, constraints and contexts.
    private mutating func relate() {
        scope = ScopeCursor(scopeBeginnings)
        for index in syntax.nodes.indices {
            if diagnostics.isFull { return }
            currentNode = UInt32(index)
            switch syntax.nodes[index].statement {
            case .optionalBegin: scope.begin()
            case .optionalElse: scope.beginElse()
            case .optionalEnd: scope.end()
            case let statement: relate(statement)
            }
        }
    }

    private mutating func declare(_ statement: Statement, in scope: UInt32) {
        switch statement {
        case .objectClass(let name): declareClass(name, in: scope)
        case .initialSID(let name): declareInitialSID(name)
        case .common(let name, let permissions): declareCommon(name, permissions)
        case .accessVector(let name, let common, let permissions): defineClass(name, inherits: common, permissions)
        case .sensitivity(let name, let aliases): declareSensitivity(name, aliases)
        case .dominance(let names): orderSensitivities(names)
        case .category(let name, let aliases): declareCategory(name, aliases)
        case .level(let name, let categories): defineLevel(name, categories)
        case .attribute(let name): declareType(name, flavor: .attribute, in: scope)
        case .type(let name, let aliases, let attributes): declareType(name, aliases, attributes, in: scope)
        case .typeAlias(let name, let aliases): declareAliases(of: name, aliases, in: scope)
        case .typeAttribute(let name, let attributes): addAttributes(to: name, attributes, in: scope)
        case .boolean(let name, let value, let isTunable):
            declareBoolean(name, value: value, isTunable: isTunable, in: scope)
        case .policyCapability(let name): addCapability(name)
        case .attributeRole(let name): declareRole(name, isAttribute: true, [], in: scope)
        case .role(let name, let attributes): declareRole(name, isAttribute: false, syntax[attributes], in: scope)
        case .roleTypes(let name, _) where declaresRolesByTheirTypes && result.roles.index(of: name.identifier) == nil:
            declareRole(name, isAttribute: false, [], in: scope)
        case .roleAttribute(let name, let attributes): addRoleAttributes(to: name, attributes, in: scope)
        case .require(let kind, let name): require(kind, name, in: scope)
        case .requireClass(let name, let permissions): requireClass(name, permissions, in: scope)
        default: break
        }
    }

    private mutating func relate(_ statement: Statement) {
        switch statement {
        case .objectDefault(let kind, let classes, let value): setDefault(kind, classes, value)
        case .expandAttribute(let attributes, let value): expandAttributes(attributes, value)
        case .type(let name, _, _): boundByName(name)
        case .typeBounds(let parent, let children): boundTypes(parent, children)
        case .permissive(let name): markType(name, "permissive") { $0.isPermissive = true }
        case .neveraudit(let name): markType(name, "neveraudit") { $0.isNeveraudit = true }
        case .rule(let rule): addRule(rule)
        case .typeRule(let rule): addTypeRule(rule)
        case .extendedRule(let rule): addExtendedRule(rule)
        case .rangeTransition(let source, let target, let classes, let range):
            addRangeTransition(source, target, classes, range)
        case .roleTypes(let name, let types): addRoleTypes(name, types)
        case .roleAllow(let source, let target): addRoleAllow(source, target)
        case .roleTransition(let roles, let types, let classes, let newRole):
            addRoleTransition(roles, types, classes, newRole)
        case .roleDominance(let name, let dominated): dominate(name, dominated)
        case .ifBegin(let expression): beginConditional(expression)
        case .ifElse: conditional?.isInElse = true
        case .ifEnd: endConditional()
        case .user(let name, let roles, let level, let range): addUser(name, roles, level, range)
        case .require(.user, let name): requireUser(name)
        case .constraint(let classes, let permissions, let expression):
            addConstraint(classes, permissions, expression)
        default: relateContext(statement)
        }
    }

    private mutating func finish() {
        for index in result.sensitivities.entries.indices where isMLS {
            let entry = result.sensitivities[index]
            if !entry.isAlias, !entry.isDefined, !diagnostics.hasErrors {
                report(
                    "missing-level", "sensitivity `\(name(of: result.sensitivities.identifiers[index]))` has no level",
                    at: result.sensitivities.visibility(of: index).offset,
                    length: syntax.identifiers.length(of: result.sensitivities.identifiers[index]),
                    help: "add a `level` statement for it")
            }
        }
    }

    // MARK: Reporting

    func name(of identifier: Identifier) -> String { syntax.identifiers.text(of: identifier) }

    func bytes(of identifier: Identifier) -> Name { Name(bytes: Array(syntax.identifiers.bytes(of: identifier))) }

    func span(_ reference: NameReference) -> Span {
        text.span(at: Int(reference.offset), length: syntax.identifiers.length(of: reference.identifier))
    }

    func span(ofNode node: UInt32) -> Span {
        let entry = syntax.nodes[Int(node)]
        return text.span(at: Int(entry.offset), length: Int(entry.end - entry.offset))
    }

    mutating func report(
        _ code: Diagnostic.Code, _ message: String, at reference: NameReference, label: String? = nil,
        labels: [Diagnostic.Label] = [], notes: [String] = [], help: String? = nil, nearest: Spelling.Guess? = nil
    ) {
        let span = span(reference)
        // What a macro put together cannot be replaced at one place.
        let isWhole = span.length == syntax.identifiers.length(of: reference.identifier)
        diagnostics.report(
            .error, code, message, at: span, label: label, labels: labels, notes: notes,
            help: help ?? (isWhole && nearest?.isCertain == true ? nil : nearest?.question),
            suggestion: isWhole ? nearest?.replacement(of: span) : nil)
    }

    mutating func report(
        _ code: Diagnostic.Code, _ message: String, at offset: UInt32, length: Int,
        labels: [Diagnostic.Label] = [], notes: [String] = [], help: String? = nil
    ) {
        diagnostics.report(
            .error, code, message, at: text.span(at: Int(offset), length: length), labels: labels, notes: notes, help: help)
    }

    mutating func reportDuplicate(_ kind: String, _ reference: NameReference, first offset: UInt32) {
        let length = syntax.identifiers.length(of: reference.identifier)
        report(
            "duplicate-declaration", "\(kind) `\(name(of: reference.identifier))` is declared twice", at: reference,
            label: "declared again",
            labels: [.init(text.span(at: Int(offset), length: length), "first declared here")])
    }

    mutating func reportOutOfScope(_ kind: String, _ reference: NameReference, declaredAt offset: UInt32) {
        guard !syntax.hasUnclosedBrace else { return }
        let length = syntax.identifiers.length(of: reference.identifier)
        report(
            "not-in-scope", "\(kind) `\(name(of: reference.identifier))` is not in scope here", at: reference,
            labels: [.init(text.span(at: Int(offset), length: length), "declared only in this optional block")],
            help: scope.current == 0
                ? "declare it outside, or put this statement into an optional block that requires it"
                : "add it to the `require` of the block in which this stands")
    }

    /// Whether a symbol may be used in the current scope.
    func isInScope<Entry>(_ index: Int, _ table: SymbolTable<Entry>) -> Bool {
        table.isGlobal(index) || isVisible(table.visibility(of: index).scopes, from: scope.current)
    }

    func isVisible(_ scopes: [UInt32], from scope: UInt32) -> Bool {
        if scopes.contains(0) || scopes.contains(scope) { return true }
        return result.scopes[scope].chain.contains { scopes.contains($0) }
    }
}
