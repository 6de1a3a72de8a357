import Diagnostics
import Flask

/// Makes the policy out of what the source says: numbers the symbols, expands sets into rules, and puts all in the
/// order in which checkpolicy does (libsepol, src/expand.c: `expand_module`).
struct Expander {
    let syntax: Syntax
    let text: MappedText
    let resolution: Resolution
    let options: CompileOptions
    var diagnostics: DiagnosticLog
    var policy: Policy
    let linker: Linker
    /// The scopes that take effect, in the order of their blocks.
    let scopes: [UInt32]

    var types = TypeExpansion(places: [], entries: [], isAttribute: [], isAlwaysExpanded: [])
    /// Final numbers by entry of the tables; 0 where the symbol is not in the policy.
    var roleNumbers: [UInt32] = []
    var userNumbers: [UInt32] = []
    var booleanNumbers: [UInt32] = []
    /// For each role number − 1: the role numbers − 1 that a role attribute stands for; nil for roles.
    var roleMembers: [Set<Int>?] = []

    /// The types given to role attributes, by role number − 1.
    var roleAttributeTypes: [Int: Bitmap] = [:]

    var accumulator = RuleAccumulator()
    var limits = ExpansionLimits()
    var isExpanded: [Bool]
    var isAdding: [Bool]
    /// Rules with extended permissions that share a key, by the first of them; the newest comes first.
    var extendedGroups: [Int: [Int]] = [:]
    /// For each list of conditional rules, its rules: the newest comes first in the image.
    var conditionalLists: [RuleAccumulator] = []
    /// The conditions so far; the newest comes first.
    var conditionals: [ConditionInProgress] = []
    /// The latest conditional type rule of a key.
    var conditionalTypeRules: [Rule: (list: Int, data: UInt32, node: UInt32)] = [:]
    var roleAllows: Set<RoleAllow> = []
    /// By everything but the new role.
    var roleTransitions: [RoleTransition: (newRole: UInt32, node: UInt32)] = [:]
    /// By everything but the range.
    var rangeTransitions: [RangeTransition: (range: MLSRange, node: UInt32)] = [:]
    /// Places in the policy.
    var filenameTransitions: [FilenameKey: Int] = [:]
    var sources: [UInt16] = []
    var targets: [UInt16] = []

    /// What the checks after expansion need to know about where rules come from.
    struct Result {
        let policy: Policy
        let expansion: TypeExpansion
        /// The scopes that take effect, in order.
        let scopes: [UInt32]
        let linker: Linker
        /// The unconditional rules as they were made, and the statement that first made each.
        let rules: [Rule]
        let ruleNodes: [UInt32]
        /// For each statement whether its unconditional access vectors were expanded, and whether it
        /// added permissions to an entry which another statement had made.
        let isExpanded: [Bool]
        let isAdding: [Bool]
        /// Whether a limit ended the expansion, so that rules are missing.
        let isCut: Bool
        let conditionals: [ConditionInProgress]
        let roleNumbers: [UInt32]
        let roleMembers: [Set<Int>?]
    }

    private init(
        _ syntax: Syntax, _ text: MappedText, _ resolution: Resolution, _ target: Policy.Target, _ version: UInt32,
        _ options: CompileOptions, _ diagnostics: DiagnosticLog
    ) {
        self.syntax = syntax
        self.text = text
        self.resolution = resolution
        self.options = options
        self.diagnostics = diagnostics
        policy = Policy(
            target: target, version: version, isMLS: options.isMLS, handleUnknown: options.handleUnknown)
        isExpanded = [Bool](repeating: false, count: syntax.nodes.count)
        isAdding = isExpanded
        var linker = Linker(resolution)
        scopes = linker.link().compactMap { $0 }
        self.linker = linker
    }

    static func expand(
        _ syntax: Syntax, _ text: MappedText, _ resolution: Resolution, target: Policy.Target, version: UInt32,
        options: CompileOptions, diagnostics: inout DiagnosticLog
    ) -> Result {
        var expander = Expander(syntax, text, resolution, target, version, options, diagnostics)
        expander.checkRequirements()
        expander.checkTransitionsOfAllBlocks()
        expander.expandSymbols()
        expander.expandRules()
        expander.expandConstraints()
        expander.expandContexts()
        diagnostics = expander.diagnostics
        return Result(
            policy: expander.policy, expansion: expander.types, scopes: expander.scopes, linker: expander.linker,
            rules: expander.accumulator.rules, ruleNodes: expander.accumulator.nodes,
            isExpanded: expander.isExpanded, isAdding: expander.isAdding, isCut: expander.limits.isPassed, conditionals: expander.conditionals,
            roleNumbers: expander.roleNumbers, roleMembers: expander.roleMembers)
    }

    /// What an `if` outside all blocks requires must be there.
    private mutating func checkRequirements() {
        guard let missing = linker.missing else { return }
        let place = syntax.nodes.lazy.compactMap { node -> UInt32? in
            guard case .require(missing.kind, let name) = node.statement, name.identifier == missing.identifier else { return nil }
            return name.offset
        }.first
        let name = self.name(missing.identifier)
        diagnostics.report(
            .error, "unmet-requirement", "nothing declares `\(name)`, which is required outside of `optional` blocks",
            at: place.map { text.span(at: Int($0), length: name.bytes.count) } ?? .unknown)
    }

    // MARK: Names and places

    func name(_ identifier: Identifier) -> Name { Name(bytes: Array(syntax.identifiers.bytes(of: identifier))) }

    func span(ofNode node: UInt32) -> Span {
        let entry = syntax.nodes[Int(node)]
        return text.span(at: Int(entry.offset), length: Int(entry.end - entry.offset))
    }

    mutating func report(
        _ code: Diagnostic.Code, _ message: String, node: UInt32, other: (node: UInt32, label: String)? = nil,
        notes: [String] = [], help: String? = nil
    ) {
        let labels = other.map { [Diagnostic.Label(span(ofNode: $0.node), $0.label)] } ?? []
        diagnostics.report(.error, code, message, at: span(ofNode: node), labels: labels, notes: notes, help: help)
    }

    func typeName(_ place: Int) -> Name { policy.types[place]?.name ?? "?" }
    func className(_ number: UInt32) -> Name { policy.classes[Int(number) - 1].name }
}
