public import Flask

extension PolicyLoadError {
    /// Why a policy is refused, in our words: the first reason.
    public var reason: String {
        switch self {
        case .image(let error): error.reason.description
        case .rejected(let rejections): rejections.first?.description ?? "it is refused"
        case .vocabulary(let mismatch): mismatch.reason
        case .malformedConstraint(let name): "a constraint of class `\(name)` cannot be evaluated"
        case .boundsTooDeep(let name): "the bounds of `\(name)` among types are too deep, or in a circle"
        case .duplicateInitialSID(let number): "initial SID \(number) has two contexts, or is no number of one"
        case .tooLarge(let count, let limit): "it has \(count) bytes: more than \(limit) are not taken"
        case .notSpotless: "it has initial SIDs missing or more than there are, or bytes behind its end"
        case .changesMLS(let isMLS): isMLS ? "the running policy has no MLS" : "the running policy has MLS"
        }
    }
}

extension VocabularyMismatch {
    /// What is wrong with the classes, in our words.
    public var reason: String {
        switch self {
        case .missingClass(let name): "the policy has no class `\(name)`"
        case .wrongClass(let number, let found, let expected): "class \(number) is `\(found)` instead of `\(expected)`"
        case .undefinedPermission(let permission, let name), .missingPermission(let permission, let name):
            "class `\(name)` has no permission `\(permission)`"
        case .wrongPermission(let permission, let name): "permission `\(permission)` of class `\(name)` has another number"
        }
    }
}
