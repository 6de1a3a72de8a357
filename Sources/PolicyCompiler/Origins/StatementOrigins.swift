package import Diagnostics
package import Flask

/// What a compilation knows of where its policy's facts were written, for questions that come later. It keeps what the compiler had
/// made anyway, and looks a statement up by expanding it again.
public struct StatementOrigins: Sendable {
    let syntax: Syntax
    let text: MappedText
    let resolution: Resolution
    let types: TypeExpansion
    /// The scopes that take effect, in order.
    let scopes: [UInt32]
    /// Those of the policy, in its order.
    let conditionals: [ConditionInProgress]
    let roleNumbers: [UInt32]
    let roleMembers: [Set<Int>?]

    init(_ syntax: Syntax, _ text: MappedText, _ resolution: Resolution, _ result: Expander.Result) {
        self.syntax = syntax
        self.text = text
        self.resolution = resolution
        types = result.expansion
        scopes = result.scopes
        conditionals = result.conditionals
        roleNumbers = result.roleNumbers
        roleMembers = result.roleMembers
    }

    /// The initial SIDs' names, in the order of their numbers.
    package var initialSIDs: [Name] {
        resolution.initialSIDs.map { Name(bytes: Array(syntax.identifiers.bytes(of: $0.reference.identifier))) }
    }

    /// A rule of the policy, and which of its permissions the question is about.
    package struct RuleQuestion {
        let rule: Rule
        /// What of an extended rule its number stands for.
        let extended: ExtendedPermissions?
        /// The condition's place in the policy, and which branch; nil where it holds always.
        let condition: (place: Int, branch: Bool)?
        let permissions: UInt32

        package init(_ rule: Rule, extended: ExtendedPermissions?, condition: (place: Int, branch: Bool)?, permissions: UInt32 = .max) {
            self.rule = rule
            self.extended = extended
            self.condition = condition
            self.permissions = permissions
        }
    }

    /// The statements of the source that make a rule or a part of it, by their numbers, ascending, for each question.
    package func statements(of questions: [RuleQuestion]) -> [[UInt32]] {
        var search = RuleOriginSearch(self, questions)
        search.run()
        return search.nodes.map { $0.sorted() }
    }

    /// Where statements stand, as an author wrote them. Line markers that govern them are added to the map, all at once: they are many.
    package func spans(of statements: [[UInt32]], in map: inout SourceMap) -> [[Span]] {
        let offsets = Set(statements.joined()).map { Int(syntax.nodes[Int($0)].offset) }.sorted()
        Compiler.addLineMarkers(governing: offsets, syntax, text, &map)
        return statements.map { numbers in
            numbers.map { number in
                let entry = syntax.nodes[Int(number)]
                return text.span(at: Int(entry.offset), length: Int(entry.end - entry.offset))
            }
        }
    }
}
