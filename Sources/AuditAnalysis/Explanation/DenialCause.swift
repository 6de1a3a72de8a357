public import Flask
public import PolicyAnalysis

/// Why a permission was denied, or what keeps that from being said.
public enum DenialCause: Sendable {
    // MARK: By the policy

    /// No rule gives it, whatever booleans are set to.
    case missingRule
    /// A rule gives it where booleans have other values: their names, and the values that they need.
    case boolean(BooleanRemedy)
    /// A constraint takes it away: the statement, and the comparisons in it that would have to be otherwise.
    case constraint(SearchAnswer.Entry, failing: [ConstraintClause])
    /// The same by levels.
    case mls(SearchAnswer.Entry, failing: [ConstraintClause])
    /// The types that bound the two types may not do it: those, and where a source says so.
    case bounds(source: Name, target: Name, places: [StatementPlace]?)
    /// A role may not become the other.
    case roleAllow(from: Name, to: Name)
    /// A rule that gave it would be against a neverallow rule of the source.
    case neverAllow([StatementPlace])
    /// The policy allows it now, by these rules: it is not the policy that decided, or its booleans had other values.
    case allowedNow([SearchAnswer.Entry])
    /// The type is permissive in the policy: what is told of as denied is done all the same.
    case permissive(Name)

    // MARK: Between the policy and the log

    /// A context that the policy does not have, as text, and what of it.
    case unknownContext(ContextSide, [UInt8], QuestionMistake)
    /// A class, or a permission of one, that the policy does not have: which are near, and in which releases of Xen there is one of this name.
    case unknownClass(Name, nearest: [String], releases: [XenRelease])
    case unknownPermission(Name, nearest: [String], releases: [XenRelease])
    /// A number instead of a context: it has no text under the policy that decided. Which initial SID it would be in which releases.
    case noContext(ContextSide, SecurityIdentifier, [InitialSIDMeaning])
    /// Bits instead of permissions.
    case unnamedBits([UnnamedBit])
    /// The line names no permission (`null`).
    case noPermissions
    /// A context is the one of unlabelled things: the domain's or the object's own is gone, or never was.
    case unlabelled(ContextSide)
    /// The policy has no statement about hardware, which has the context of an initial SID instead. The statement is the one that is missing, with `TYPE` for
    /// the type that it is to have.
    case unlabelledHardware(Device, initialSID: String, statement: [UInt8])
    /// Hardware that has another context by the policy than the line says.
    case labelledOtherwise(Device, context: [UInt8], SearchAnswer.Entry?)
    /// The operation is about an initial SID, and the line's context is what the policy gives to others: numbers of initial SIDs were taken for those of other
    /// releases, or the one is missing in the policy that decided.
    case misreadInitialSID(expected: String, found: [Name], releases: [XenRelease])
    /// The policy is for other releases than the log.
    case otherRelease(ReleaseMismatch)
    /// The policy cannot be asked.
    case undecidable(QuestionMistake)
}

extension DenialCause {
    /// A short name for each kind, for machines.
    public var kind: Kind {
        switch self {
        case .missingRule: .missingRule
        case .boolean: .boolean
        case .constraint: .constraint
        case .mls: .mls
        case .bounds: .bounds
        case .roleAllow: .roleAllow
        case .neverAllow: .neverAllow
        case .allowedNow: .allowedNow
        case .permissive: .permissive
        case .unknownContext: .unknownContext
        case .unknownClass: .unknownClass
        case .unknownPermission: .unknownPermission
        case .noContext: .noContext
        case .unnamedBits: .unnamedBits
        case .noPermissions: .noPermissions
        case .unlabelled: .unlabelled
        case .unlabelledHardware: .unlabelledHardware
        case .labelledOtherwise: .labelledOtherwise
        case .misreadInitialSID: .misreadInitialSID
        case .otherRelease: .otherRelease
        case .undecidable: .undecidable
        }
    }

    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case missingRule = "missing-rule"
        case boolean, constraint, mls, bounds, permissive, unlabelled, undecidable
        case roleAllow = "role-allow"
        case neverAllow = "neverallow"
        case allowedNow = "allowed-now"
        case unknownContext = "unknown-context"
        case unknownClass = "unknown-class"
        case unknownPermission = "unknown-permission"
        case noContext = "no-context"
        case unnamedBits = "unnamed-bits"
        case noPermissions = "no-permissions"
        case unlabelledHardware = "unlabelled-hardware"
        case labelledOtherwise = "labelled-otherwise"
        case misreadInitialSID = "misread-initial-sid"
        case otherRelease = "other-release"
    }
}
