import Diagnostics
import Flask

/// A policy's text, parsed: the statements in order, and the lists that they refer to.
struct Syntax: Sendable {
    struct Node: Sendable {
        let statement: Statement
        /// The offset of the statement's first token, and of the byte behind its last.
        let offset: UInt32
        let end: UInt32
    }

    /// One step of a constraint, in reverse Polish order.
    struct ConstraintTerm: Sendable {
        let kind: Constraint.Term.Kind
        let attribute: Constraint.Attribute
        let comparison: Constraint.Term.Comparison
        let names: NameList
        let offset: UInt32
    }

    /// One step of a conditional expression, in reverse Polish order.
    struct ConditionTerm: Sendable {
        let operation: Conditional.Operator
        let boolean: NameReference
    }

    struct NumberRange: Hashable, Sendable {
        let low: UInt64
        let high: UInt64
        let offset: UInt32
    }

    var nodes: [Node] = []
    var names: [NameReference] = []
    var constraintTerms: [ConstraintTerm] = []
    var conditionTerms: [ConditionTerm] = []
    var extendedRanges: [NumberRange] = []
    var contexts: [ContextSyntax] = []
    var ranges: [RangeSyntax] = []
    var levels: [LevelSyntax] = []
    var identifiers = IdentifierTable()
    /// The offsets of comments that may be `#line` markers.
    var lineMarkers: [UInt32] = []
    /// Comments that silence a warning, by their offsets.
    var remarks: [Range<Int>] = []
    /// Names in statements that could not be read: perhaps they would have been declared there.
    var unread: Set<Identifier> = []
    /// Whether a closing brace is missing, so that scopes are not what the author meant.
    var hasUnclosedBrace = false
    /// A part that the policy lacks altogether.
    var missingSection: Section?

    subscript(list: NameList) -> ArraySlice<NameReference> { names[list.range] }
}
