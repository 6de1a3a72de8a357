import Flask

extension ScenarioContext.Failure {
    /// A label that the policy does not know, and which part of it that is.
    init(unknownLabel label: String, _ error: any Error) {
        let start = "the policy knows no label `\(label)`"
        guard case .context(let reason)? = error as? SecurityServerError else {
            message = start
            return
        }
        message = "\(start): \(Self.words(reason))"
    }

    private static func words(_ reason: ContextTextError) -> String {
        switch reason {
        case .incomplete: "it ends before its type, or with MLS before its level"
        case .unknownName(let kind, let name): "it has no \(kind == .objectClass ? "class" : "\(kind)") `\(name)`"
        case .isAttribute(let name): "`\(name)` is an attribute, and a label has one of its types"
        case .emptyCategoryRange(let first, let last): "`\(first).\(last)` holds no categories"
        case .trailingText: "something follows behind its last part"
        case .invalid: "its user may not have its role, its role not its type, or its levels are not the user's"
        }
    }
}
