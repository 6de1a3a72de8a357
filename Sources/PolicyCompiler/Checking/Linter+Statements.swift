import Diagnostics
import Flask

extension Linter {
    /// Statements that Xen refuses, ignores or reads otherwise.
    mutating func lintStatements() {
        for (index, node) in syntax.nodes.enumerated() {
            switch node.statement {
            case .accessVector(let name, .some(let common), _):
                warn(
                    "xen-rejects-inherits", "Xen refuses a policy in which a class inherits a common", at: span(common),
                    labels: [.init(span(name), "the class")],
                    help: "list the permissions of `\(self.name(common.identifier))` in the class itself")
            case .objectDefault:
                warn("xen-ignores-default", "Xen reads this statement and ignores it", at: span(ofNode: index), help: "leave it out")
            case .policyCapability(let name):
                warn("xen-ignores-policycap", "Xen has no policy capabilities and ignores `\(self.name(name.identifier))`", at: span(name), help: "leave it out")
            case .typeRule(let rule) where rule.fileName != nil:
                if let name = rule.fileName {
                    warn(
                        "xen-rejects-filename-transition", "Xen refuses a policy with transitions by file name",
                        at: text.span(at: Int(name.offset), length: syntax.identifiers.length(of: name.identifier) + 2),
                        notes: ["it says `unsupported genfs config data`"], help: "leave the rule out")
                }
            case .roleTransition(_, _, .some(let classes), _): lintRoleTransition(classes)
            case .constraint(_, _, let expression) where !options.isMLS: lintLevels(expression)
            default: lintDevice(node.statement, index)
            }
        }
    }

    private mutating func lintRoleTransition(_ classes: NameList) {
        for reference in syntax[classes] where name(reference.identifier) != "domain" {
            warn(
                "xen-ignores-role-transition-class",
                "Xen ignores the class of a role transition: this one is about new domains, not about `\(name(reference.identifier))`",
                at: span(reference), help: "write `:domain`, or leave the rule out")
        }
    }

    /// Without MLS every context has the same level.
    private mutating func lintLevels(_ expression: ExpressionRange) {
        for term in syntax.constraintTerms[expression.range]
        where term.kind == .attribute && term.attribute.rawValue >= Constraint.Attribute.lowLow.rawValue {
            let holds = term.comparison != .notEqual && term.comparison != .incomparable
            warn(
                "level-without-mls", "a policy without MLS has no levels to compare: this \(holds ? "always" : "never") holds",
                at: text.span(at: Int(term.offset), length: 2), help: "compile with `--mls`, or leave the comparison out")
        }
    }

    /// Declarations of one user become one user, which has the roles of all of them.
    mutating func lintUsers() {
        for user in resolution.users.entries {
            let names = user.declarations.filter { $0.scope == 0 }.compactMap { declaration -> NameReference? in
                guard case .user(let name, _, _, _) = syntax.nodes[declaration.node].statement else { return nil }
                return name
            }
            guard let first = names.first else { continue }
            for other in names.dropFirst() {
                warn(
                    "merged-user", "user `\(name(other.identifier))` is declared again: it has the roles of all declarations",
                    at: span(other), labels: [.init(span(first), "first declared here")],
                    help: "list all roles in one declaration")
            }
        }
    }

    // MARK: Devices

    private mutating func lintDevice(_ statement: Statement, _ index: Int) {
        switch statement {
        case .interruptContext(let number, _) where number > 0xffff:
            outOfRange("interrupt \(number)", "interrupts have numbers up to 65535", index)
        case .ioPortContext(_, let high, _) where high > 0xffff:
            outOfRange("I/O port 0x\(String(high, radix: 16))", "I/O ports go up to 0xffff", index)
        case .ioMemoryContext(_, let high, _) where high >= 1 << 40:
            outOfRange(
                "page frame 0x\(String(high, radix: 16))",
                "physical addresses have at most 52 bits, so that page frames go up to 0xffffffffff; the number is that of the frame, not the address",
                index)
        default: break
        }
    }

    private mutating func outOfRange(_ what: String, _ note: String, _ index: Int) {
        warn("device-number-out-of-range", "there is no \(what)", at: span(ofNode: index), notes: [note])
    }
}
