import Diagnostics
import Flask

/// Finds what compiles and then misbehaves: what Xen refuses, ignores or reads otherwise than the author, and what has
/// no effect.
struct Linter {
    let syntax: Syntax
    let text: MappedText
    let resolution: Resolution
    let result: Expander.Result
    let options: CompileOptions
    let map: SourceMap
    private(set) var diagnostics: [Diagnostic] = []
    /// What was not looked for, because of the size or form of the policy.
    var unsought: Set<Diagnostic.Code> = []

    init(
        _ syntax: Syntax, _ text: MappedText, _ resolution: Resolution, _ result: Expander.Result, _ options: CompileOptions,
        _ map: SourceMap
    ) {
        self.syntax = syntax
        self.text = text
        self.resolution = resolution
        self.result = result
        self.options = options
        self.map = map
    }

    var policy: Policy { result.policy }

    /// Whether another macro processor made the text: then nobody knows which statements are copies of one.
    var isFlattened: Bool { text.runs.count == 1 && !syntax.lineMarkers.isEmpty }

    mutating func lint() {
        lintSize()
        lintOptionals()
        // The rest knows what Xen does, and what a Xen policy is written for.
        guard policy.target == .xen else { return }
        lintStatements()
        lintUsers()
        lintInitialSIDs()
        lintUnused()
        lintImplied()
    }

    // MARK: Reporting

    mutating func warn(
        _ code: Diagnostic.Code, _ message: String, at span: Span, label: String? = nil, labels: [Diagnostic.Label] = [],
        notes: [String] = [], help: String? = nil
    ) {
        diagnostics.append(
            Diagnostic(code, .warning, message, at: span, label: label, labels: labels, notes: notes, help: help))
    }

    func name(_ identifier: Identifier) -> String { syntax.identifiers.text(of: identifier) }

    func span(_ reference: NameReference) -> Span {
        text.span(at: Int(reference.offset), length: syntax.identifiers.length(of: reference.identifier))
    }

    func span(ofNode node: Int) -> Span {
        let entry = syntax.nodes[node]
        return text.span(at: Int(entry.offset), length: Int(entry.end - entry.offset))
    }

    // MARK: Size

    /// Xen's limit for a policy that is loaded into a running hypervisor (xen/xsm/flask/flask_op.c: `MAX_POLICY_SIZE`).
    private static let maximumImage = 64 << 20
    /// From here on rules are reported: the symbols of the policy take some of the limit too, and a guest more may pass it.
    private static let nearlyMaximumImage = maximumImage / 8 * 7
    /// Entries that one statement may become before it is worth a word.
    private static let manyRules = 50_000

    /// Names the statement that makes a policy large. Copies of one statement that macros make count as one.
    private mutating func lintSize() {
        guard result.ruleNodes.count > Self.manyRules else { return }
        var rules = [UInt32](repeating: 0, count: syntax.nodes.count)
        for node in result.ruleNodes { rules[Int(node)] += 1 }
        var counts: [UInt32: (rules: Int, node: UInt32)] = [:]
        for (node, count) in rules.enumerated() where count > 0 {
            let position = text.origin(of: Int(syntax.nodes[node].offset)).position.rawValue
            counts[position, default: (0, UInt32(node))].rules += Int(count)
        }
        guard let largest = counts.values.max(by: { $0.rules < $1.rules }) else { return }
        let size = result.ruleNodes.count * 12
        if size > Self.nearlyMaximumImage, policy.target == .xen {
            warn(
                "image-too-large", "the policy's rules alone take \(size >> 20) MiB; Xen loads at most \(Self.maximumImage >> 20)",
                at: span(ofNode: Int(largest.node)), label: "\(largest.rules) of \(result.ruleNodes.count) entries",
                notes: ["the limit holds for loading into a running hypervisor; a boot module has none"],
                help: "give the many types one type, or replace the rule by one on attributes")
        } else if largest.rules > Self.manyRules {
            warn(
                "quadratic-rules", "this statement becomes \(largest.rules) entries of the policy",
                at: span(ofNode: Int(largest.node)), label: "of \(result.ruleNodes.count) in all",
                notes: ["type rules name types one by one in the policy: with attributes on both sides they grow with the square"],
                help: "let the target be one type, or let fewer types have the attribute")
        }
    }

    // MARK: Optional blocks

    private mutating func lintOptionals() {
        let effective = Set(result.scopes)
        for block in resolution.scopes.blocks.dropFirst() where !effective.contains(block.first) {
            guard let missing = result.linker.missingRequirement(of: block.first) else { continue }
            let place = text.span(at: Int(block.offset), length: 8)
            diagnostics.append(
                Diagnostic(
                    "optional-disabled", policy.target == .xen ? .warning : .note,
                    "this block has no effect: nothing declares `\(name(missing.identifier))`", at: place,
                    notes: block.alternative == nil ? [] : ["its `else` branch takes effect instead"],
                    help: policy.target == .xen ? "declare it, or leave the block out" : nil))
        }
    }

    // MARK: Initial SIDs

    private mutating func lintInitialSIDs() {
        for sid in resolution.initialSIDs where sid.context == nil {
            warn(
                "initial-sid-without-context", "initial SID `\(name(sid.reference.identifier))` has no context",
                at: span(sid.reference),
                notes: ["Xen treats what has it as `unlabeled`, and may give its number to another context"],
                help: "add `sid \(name(sid.reference.identifier)) user:role:type`")
        }
    }
}
