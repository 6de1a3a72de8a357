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

    /// A statement that allows something, by the number of its target.
    package struct AllowStatement: Sendable {
        package let target: UInt32
        package let place: WrittenPlace
    }

    /// The statements outside of conditions that allow types something, by the types' numbers, in the order of the source: of each target
    /// those that say so by its own name, or that macros make of several. They are looked up all at once.
    package func allowStatements(of sources: Set<UInt32>) -> [UInt32: [AllowStatement]] {
        guard let origins, !sources.isEmpty else { return [:] }
        let rules = policy.rules.rules.filter { $0.kind == .allow && sources.contains(UInt32($0.source)) }
        let statements = origins.statements(
            of: rules.map { StatementOrigins.RuleQuestion($0, extended: nil, condition: nil, permissions: $0.data) })
        var map = map
        let spans = origins.spans(of: statements, in: &map)
        var places: [Span: WrittenPlace?] = [:]
        var found: [UInt32: [AllowStatement]] = [:]
        for (rule, spans) in zip(rules, spans) {
            for span in spans {
                let place: WrittenPlace?
                if let known = places[span] { place = known } else {
                    place = Self.place(span, map)
                    places[span] = place
                }
                if let place { found[UInt32(rule.source), default: []].append(AllowStatement(target: UInt32(rule.target), place: place)) }
            }
        }
        return found.mapValues { $0.sorted { ($0.place.file, $0.place.offset, $0.target) < ($1.place.file, $1.place.offset, $1.target) } }
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
