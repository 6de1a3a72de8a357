/// What is searched for: statements that meet all criteria. A criterion excludes the kinds of statements to which it does not apply.
public struct SearchQuestion: Sendable {
    /// Which conditional rules are wanted.
    public enum State: String, Hashable, Sendable, CaseIterable {
        /// What holds with the booleans' first values, always or by its condition.
        case enabled
        case disabled
        case conditional
        case unconditional
    }

    /// Empty for all.
    public var kinds: Set<StatementKind> = []
    /// Types, attributes or roles. Of a constraint: those that it compares the source with.
    public var source: NamePattern?
    /// The same; also the type or role of a context.
    public var target: NamePattern?
    /// Whether a rule must say the source itself. Otherwise it may say an attribute of a type that is asked for, or some type of an
    /// attribute that is.
    public var isSourceDirect = false
    public var isTargetDirect = false
    /// Any of these.
    public var classes: [NamePattern] = []
    /// Any of these, or all of them.
    public var permissions: [NamePattern] = []
    public var needsAllPermissions = false
    /// The type, or role, that a rule gives.
    public var result: NamePattern?
    /// Booleans of the condition: any of these.
    public var booleans: [NamePattern] = []
    public var state: State?

    public init() {}
}
