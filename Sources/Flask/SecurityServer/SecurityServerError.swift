/// Why the security server does not do what it is asked for.
public enum SecurityServerError: Error, Hashable, Sendable {
    /// Permissions were asked for that the policy does not give.
    case denied
    /// No permission is known for the operation, and the policy denies what it does not know.
    case unknownOperation
    case context(ContextTextError)
    case decision(DecisionError)
    /// The number has no context, and neither have unlabelled things.
    case unknownIdentifier(SecurityIdentifier)
    /// There are as many contexts as there may be.
    case tooManyContexts
    /// The context that rules make of two others is not valid, and the policy is enforced.
    case invalidNewContext(SecurityContext)
    case unknownBoolean
    /// Another policy was loaded since the values were read: there are more or fewer booleans now.
    case booleanCount(Int, expected: Int)
    /// The kind of object has no contexts, or the ends of the range are not those of one object.
    case invalidObject
    /// An object of the range has a context already.
    case overlap(ClosedRange<UInt64>)
    /// No object has this range, or this path.
    case unknownObject

    /// What Xen answers.
    public var xenErrorNumber: XenErrorNumber {
        switch self {
        case .context, .decision, .unknownIdentifier, .invalidObject: .invalidArgument
        case .tooManyContexts: .outOfMemory
        case .denied, .invalidNewContext: .permissionDenied
        case .unknownOperation: .operationNotPermitted
        case .unknownBoolean, .unknownObject: .noEntry
        case .booleanCount: .badAddress
        case .overlap: .exists
        }
    }
}
