/// One thing that the tool has to say about a source text.
///
/// Messages are lower case, have no final period, and put names in backticks. The message says what is wrong;
/// `notes` say why; `help` says what to do about it.
public struct Diagnostic: Hashable, Sendable {
    /// A stable name such as `unknown-type`: it is what users silence, search for and look up.
    public struct Code: Hashable, Comparable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
        public let name: String

        public init(_ name: String) {
            self.name = name
        }

        public init(stringLiteral name: String) {
            self.name = name
        }

        public var description: String { name }

        public static func < (a: Code, b: Code) -> Bool { a.name < b.name }
    }

    public enum Severity: String, Hashable, Comparable, Sendable {
        case note, warning, error

        public static func < (a: Severity, b: Severity) -> Bool { a.rank < b.rank }

        private var rank: Int {
            switch self {
            case .note: 0
            case .warning: 1
            case .error: 2
            }
        }
    }

    /// A second place that matters, and why it does.
    public struct Label: Hashable, Sendable {
        public let span: Span
        public let message: String

        public init(_ span: Span, _ message: String) {
            self.span = span
            self.message = message
        }
    }

    /// A replacement that would mend the text at `span`.
    public struct Suggestion: Hashable, Sendable {
        public let span: Span
        public let replacement: String

        public init(_ span: Span, _ replacement: String) {
            self.span = span
            self.replacement = replacement
        }
    }

    public let code: Code
    public var severity: Severity
    public let message: String
    public let primary: Span
    /// What stands at the primary span, when the message alone does not say it.
    public var primaryLabel: String?
    public var labels: [Label]
    public var notes: [String]
    public var help: String?
    public var suggestion: Suggestion?
    /// Further expansions of a macro in which the text at the primary span is wrong in the same way.
    public var otherExpansions: [MacroExpansion.ID] = []
    /// Whether it is about what this expansion made of the text: the same text in another is another mistake, and so is
    /// one with other labels.
    public var isAboutOneExpansion = false

    public init(
        _ code: Code, _ severity: Severity, _ message: String, at primary: Span, label: String? = nil,
        labels: [Label] = [], notes: [String] = [], help: String? = nil, suggestion: Suggestion? = nil
    ) {
        self.code = code
        self.severity = severity
        self.message = message
        self.primary = primary
        self.primaryLabel = label
        self.labels = labels
        self.notes = notes
        self.help = help
        self.suggestion = suggestion
    }
}
