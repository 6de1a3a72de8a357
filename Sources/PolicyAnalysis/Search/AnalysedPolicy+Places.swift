import Diagnostics
import Flask
import PolicyCompiler

extension AnalysedPolicy {
    /// Where the source says each of the statements, or those of its permissions that are asked for; nil without a source.
    func places(of found: [FoundStatement], _ permissions: PermissionCriterion?) -> [[StatementPlace]]? {
        places(of: found) { place in
            guard let permissions, case .rule(let rule) = found[place].statement else { return .max }
            return permissions.mask(ofClass: Int(rule.objectClass))
        }
    }

    /// The same with the permissions that are asked about of each, by its place.
    func places(of found: [FoundStatement], mask: (Int) -> UInt32 = { _ in .max }) -> [[StatementPlace]]? {
        guard let origins else { return nil }
        var statements = [[UInt32]](repeating: [], count: found.count)
        var rules: [(place: Int, question: StatementOrigins.RuleQuestion)] = []
        for (place, entry) in found.enumerated() {
            switch entry.statement {
            case .rule(let rule):
                // A rule that was narrowed to some permissions is said by those who say these.
                let asked = rule.kind == .allow ? rule.data : .max
                let extended = rule.kind.isExtended ? policy.rules.extendedPermissions[Int(rule.data)] : nil
                rules.append(
                    (
                        place,
                        StatementOrigins.RuleQuestion(
                            rule, extended: extended, condition: entry.condition.map { ($0.place, $0.branch) },
                            permissions: asked & mask(place))
                    ))
            case .filenameTransition(let transition, let source, _): statements[place] = origins.statements(of: transition, source: source)
            case .rangeTransition(let transition): statements[place] = origins.statements(of: transition)
            case .roleAllow(let allow): statements[place] = origins.statements(of: allow)
            case .roleTransition(let transition): statements[place] = origins.statements(of: transition)
            case .constraint(let constraint, let objectClass, let index):
                statements[place] = origins.statements(ofConstraint: index, ofClass: objectClass, isTransition: constraint.permissions == 0)
            default:
                if let label = label(entry.statement) { statements[place] = origins.statements(of: label) }
            }
        }
        for (rule, found) in zip(rules, origins.statements(of: rules.map(\.question))) { statements[rule.place] = found }
        return places(ofStatements: statements, origins)
    }

    /// Where statements of the source stand, by their numbers.
    func places(ofStatements statements: [[UInt32]], _ origins: StatementOrigins) -> [[StatementPlace]] {
        var map = map
        let spans = origins.spans(of: statements, in: &map)
        var locations = SourceLocations(map)
        return spans.map { spans in
            var places: [StatementPlace] = []
            for span in spans {
                if let place = StatementPlace(span, &locations), !places.contains(place) { places.append(place) }
            }
            return places.sorted()
        }
    }

    private func label(_ statement: PolicyStatement) -> StatementOrigins.Label? {
        switch statement {
        case .initialSID(let initial):
            origins.flatMap { $0.initialSIDs.indices.contains(Int(initial.sid) - 1) ? .initialSID($0.initialSIDs[Int(initial.sid) - 1]) : nil }
        case .interrupt(let entry): .interrupt(entry.number)
        case .ioPorts(let entry): .ioPorts(entry.low, entry.high)
        case .ioMemory(let entry): .ioMemory(entry.low, entry.high)
        case .pciDevice(let entry): .pciDevice(entry.address)
        case .deviceTreeNode(let entry): .deviceTreeNode(entry.path)
        default: nil
        }
    }
}
