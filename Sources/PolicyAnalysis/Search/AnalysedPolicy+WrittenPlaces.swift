package import Diagnostics
package import Flask
import PolicyCompiler

// Where a source says what is asked about, for those who want to write beside it.

extension AnalysedPolicy {
    /// Where a source declares a type; nil without a source.
    package func declaration(ofType name: Name) -> WrittenPlace? {
        var map = map
        guard let span = origins?.declaration(of: name, .type, in: &map) else { return nil }
        return Self.place(span, map)
    }

    /// Where a source says a type's bounds.
    package func bounds(ofType name: Name) -> WrittenPlace? {
        var map = map
        guard let span = origins?.bounds(ofType: name, in: &map) else { return nil }
        return Self.place(span, map)
    }

    /// The statements outside of conditions that allow a type something over another, for each pair of types by their numbers, in the
    /// order of the source. They are looked up all at once.
    package func allowStatements(_ pairs: [(source: UInt32, target: UInt32)]) -> [[WrittenPlace]] {
        guard let origins, !pairs.isEmpty else { return pairs.map { _ in [] } }
        struct Pair: Hashable { let source, target: UInt16 }
        let wanted = Set(pairs.map { Pair(source: UInt16(truncatingIfNeeded: $0.source), target: UInt16(truncatingIfNeeded: $0.target)) })
        var rules: [Pair: [Int]] = [:]
        var questions: [StatementOrigins.RuleQuestion] = []
        for rule in policy.rules.rules where rule.kind == .allow {
            let pair = Pair(source: rule.source, target: rule.target)
            guard wanted.contains(pair) else { continue }
            rules[pair, default: []].append(questions.count)
            questions.append(StatementOrigins.RuleQuestion(rule, extended: nil, condition: nil, permissions: rule.data))
        }
        let statements = origins.statements(of: questions)
        var map = map
        let spans = origins.spans(of: statements, in: &map)
        return pairs.map { source, target in
            let pair = Pair(source: UInt16(truncatingIfNeeded: source), target: UInt16(truncatingIfNeeded: target))
            var places: [WrittenPlace] = []
            for span in (rules[pair] ?? []).flatMap({ spans[$0] }) {
                if let place = Self.place(span, map), !places.contains(place) { places.append(place) }
            }
            return places.sorted { ($0.file, $0.offset) < ($1.file, $1.offset) }
        }
    }

    /// The type of an initial SID, by its number; nil where the policy has no such SID.
    package func type(ofInitialSID name: Name) -> UInt32? {
        guard let place = initialSIDs().names.firstIndex(of: name) else { return nil }
        return policy.initialContexts.first { Int($0.sid) == place + 1 }?.context.type
    }

    /// Where a span of this policy's source, or of one that could not be compiled, stands.
    package static func place(_ span: Span, _ map: SourceMap) -> WrittenPlace? {
        let start = map.stack(of: span.expansion).last { $0.call != .unknown }?.call ?? span.start
        let written = map.written(Span(start: start, length: 0)).start
        guard let file = map.file(at: written), let location = map.location(of: start) else { return nil }
        return WrittenPlace(location: location, file: file.name, offset: Int(written.rawValue) - Int(file.start.rawValue))
    }
}
