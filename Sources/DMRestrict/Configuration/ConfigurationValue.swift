/// What stands on the right of an assignment, or in a list: a number is a string of digits.
public struct ConfigurationValue: Hashable, Sendable {
    public enum Content: Hashable, Sendable {
        case string(String)
        case list([ConfigurationValue])
    }

    public let content: Content
    public let position: ConfigurationPosition

    /// The string; empty for a list.
    var text: String { if case .string(let text) = content { text } else { "" } }

    /// What the list has; nothing for a string.
    var elements: [ConfigurationValue] { if case .list(let elements) = content { elements } else { [] } }

    var isList: Bool { if case .list = content { true } else { false } }
}
