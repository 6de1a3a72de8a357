import Flask
import PolicyCompiler

/// Statements as text.
struct StatementTexts {
    let writer: StatementWriter
    /// The initial SIDs' names.
    private let names: [Name]

    /// The names of an image's initial SIDs are looked for in the tables of all releases, if it needs be: only for those who tell them.
    init(_ analysed: AnalysedPolicy, namesInitialSIDs: Bool) {
        writer = StatementWriter(analysed.policy, usesSelf: false)
        names = namesInitialSIDs ? analysed.initialSIDs().names : []
    }

    /// Nil for what says nothing: a rule without permissions.
    func text(_ statement: PolicyStatement) -> [UInt8]? {
        switch statement {
        case .rule(let rule): writer.text(rule)?.bytes
        case .filenameTransition(let transition, let source, let type): writer.text(transition, source: source, type: type).bytes
        case .rangeTransition(let transition): writer.text(transition).bytes
        case .roleAllow(let allow): writer.text(allow).bytes
        case .roleTransition(let transition): writer.text(transition).bytes
        case .constraint(let constraint, let objectClass, _): writer.text(constraint, ofClass: objectClass)?.bytes
        case .initialSID(let initial): writer.text(initial, named: name(ofInitialSID: initial.sid)).bytes
        case .interrupt(let entry): writer.text(entry).bytes
        case .ioPorts(let entry): writer.text(entry).bytes
        case .ioMemory(let entry): writer.text(entry).bytes
        case .pciDevice(let entry): writer.text(entry).bytes
        case .deviceTreeNode(let entry): writer.text(entry).bytes
        }
    }

    func name(ofInitialSID number: UInt32) -> String { AnalysedPolicy.name(number, names).description }

    /// The expressions of the conditions of statements, by the conditions' places.
    func expressions(of found: [FoundStatement]) -> [Int: String] {
        var result: [Int: String] = [:]
        for place in Set(found.compactMap { $0.condition?.place }) {
            let text = writer.expressions.text(writer.policy.conditionals[place].expression)
            result[place] = String(decoding: text.bytes, as: UTF8.self)
        }
        return result
    }
}
