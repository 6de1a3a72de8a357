/// Why a question has no answer.
public enum QuestionMistake: Error, Hashable, Sendable {
    /// The policy has no such symbol; `what` it should be, such as `type or attribute`.
    case unknown(what: String, name: String, nearest: [String])
    /// The policy has the class and not the permission; `others` are classes that have it.
    case unknownPermission(String, ofClass: String, nearest: [String], others: [String])
    /// A text that is no context of the policy's.
    case context(String, reason: String)
    /// A policy from which nothing can be decided.
    case undecidable(reason: String)
    /// A question whose answer says nothing about the policy.
    case pointless(reason: String)
    /// A regular expression that cannot be read.
    case malformed(expression: String, reason: String)
    /// A search for a regular expression took more steps than it may.
    case tooComplex(expression: String)
    /// A picture would have more types than anybody can see.
    case tooManyTypes(Int, limit: Int)
    /// The answer would have more bytes than this.
    case tooLong(limit: Int)
    /// Something of which there are more than are looked at.
    case tooMany(what: String, limit: Int)

    /// What to tell the user.
    public var message: String {
        switch self {
        case .unknown(let what, let name, let nearest):
            "the policy has no \(what) `\(name)`" + Self.question(nearest)
        case .unknownPermission(let name, let objectClass, let nearest, let others):
            "class `\(objectClass)` has no permission `\(name)`" + (others.isEmpty ? Self.question(nearest) : ": \(Self.owners(others))")
        case .context(let text, let reason): "`\(text)` is no context of the policy: \(reason)"
        case .undecidable(let reason): "the policy decides nothing: \(reason)"
        case .pointless(let reason): "there is nothing to answer: \(reason)"
        case .malformed(let expression, let reason): "`/\(expression)/` is no regular expression: \(reason)"
        case .tooComplex(let expression): "`/\(expression)/` takes too many steps"
        case .tooManyTypes(let count, let limit):
            "a picture of \(count) types shows nothing: at most \(limit); ask for fewer steps, or for one type"
        case .tooLong(let limit): "the answer is longer than \(limit >> 20) MiB: ask for less, or for the count"
        case .tooMany(let what, let limit): "there are more than \(limit) \(what)"
        }
    }

    private static func question(_ nearest: [String]) -> String {
        nearest.isEmpty ? "" : ": did you mean \(nearest.map { "`\($0)`" }.joined(separator: " or "))?"
    }

    /// Which classes have a permission.
    static func owners(_ classes: [String]) -> String {
        let names = classes.prefix(3).map { "`\($0)`" }.joined(separator: ", ")
        return "\(classes.count == 1 ? "class" : "classes") \(names)\(classes.count > 3 ? ", …" : "") \(classes.count == 1 ? "has" : "have") it"
    }
}
