import Flask
import PolicyCompiler

extension ConstraintClause {
    /// A comparison, and what both contexts have in its place.
    init(_ node: ConstraintTree.Node, source: SecurityContext, target: SecurityContext, _ writer: StatementWriter) {
        text = String(decoding: writer.expressions.text([node.term]).bytes, as: UTF8.self)
        isTrue = node.isTrue
        let attribute = node.term.attribute
        let names = writer.names
        func user(_ letter: String, _ context: SecurityContext) -> String { "\(letter) is \(names.user(context.user))" }
        func role(_ letter: String, _ context: SecurityContext) -> String { "\(letter) is \(names.role(context.role))" }
        func type(_ letter: String, _ context: SecurityContext) -> String { "\(letter) is \(names.type(context.type))" }
        func level(_ letter: String, _ level: MLSLevel) -> String {
            "\(letter) is \(String(decoding: writer.level(level).bytes, as: UTF8.self))"
        }
        let parts: [String]
        if node.term.kind == .names {
            let (subject, number) = attribute.contains(.target) ? (target, "2") : (source, "1")
            parts = [
                attribute.contains(.user)
                    ? user("u" + number, subject) : attribute.contains(.role) ? role("r" + number, subject) : type("t" + number, subject)
            ]
        } else {
            switch attribute {
            case .user: parts = [user("u1", source), user("u2", target)]
            case .role: parts = [role("r1", source), role("r2", target)]
            case .type: parts = [type("t1", source), type("t2", target)]
            case .lowLow: parts = [level("l1", source.range.low), level("l2", target.range.low)]
            case .lowHigh: parts = [level("l1", source.range.low), level("h2", target.range.high)]
            case .highLow: parts = [level("h1", source.range.high), level("l2", target.range.low)]
            case .highHigh: parts = [level("h1", source.range.high), level("h2", target.range.high)]
            case .sourceLowHigh: parts = [level("l1", source.range.low), level("h1", source.range.high)]
            default: parts = [level("l2", target.range.low), level("h2", target.range.high)]
            }
        }
        values = parts.joined(separator: ", ")
    }
}
