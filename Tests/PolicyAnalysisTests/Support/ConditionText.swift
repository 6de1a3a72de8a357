/// Evaluates a condition as it is written in the policy language.
struct ConditionText {
    private var tokens: [String]
    private let values: [String: Bool]

    static func value(_ text: String, _ values: [String: Bool]) -> Bool {
        var parser = ConditionText(text, values)
        return parser.or()
    }

    private init(_ text: String, _ values: [String: Bool]) {
        var spaced = text
        for token in ["(", ")", "!="] { spaced = spaced.replacing(token, with: " \(token) ") }
        tokens = spaced.split(separator: " ").map(String.init).reversed()
        self.values = values
    }

    private mutating func or() -> Bool {
        var value = and()
        while tokens.last == "||" {
            tokens.removeLast()
            let right = and()
            value = value || right
        }
        return value
    }

    private mutating func and() -> Bool {
        var value = compared()
        while tokens.last == "&&" {
            tokens.removeLast()
            let right = compared()
            value = value && right
        }
        return value
    }

    private mutating func compared() -> Bool {
        var value = single()
        while let token = tokens.last, ["==", "!=", "^"].contains(token) {
            tokens.removeLast()
            let right = single()
            value = token == "==" ? value == right : value != right
        }
        return value
    }

    private mutating func single() -> Bool {
        guard let token = tokens.popLast() else { return false }
        switch token {
        case "!": return !single()
        case "(":
            let value = or()
            tokens.removeLast()
            return value
        case "true": return true
        default: return values[token] ?? false
        }
    }
}
