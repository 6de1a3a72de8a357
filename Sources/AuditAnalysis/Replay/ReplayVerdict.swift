/// What a policy would do with decisions of a log.
public enum ReplayVerdict: String, Hashable, Sendable, CaseIterable {
    /// They were granted, and would be denied, all or in part.
    case newlyDenied = "newly-denied"
    /// They were denied, and would be again.
    case stillDenied = "still-denied"
    /// Some of the permissions would be given, and so the operation would still fail.
    case allowedInPart = "allowed-in-part"
    /// The policy lacks a context, class or permission of theirs, or the line does not say enough.
    case undecided
    /// They would be told of as denied and done all the same: the source's type is permissive.
    case permissive
    /// They were denied, and would be allowed.
    case nowAllowed = "now-allowed"
    /// They were granted, and would be again.
    case stillGranted = "still-granted"

    /// Whether something would be denied, or might be.
    public var isDenial: Bool {
        switch self {
        case .newlyDenied, .stillDenied, .allowedInPart, .undecided: true
        case .permissive, .nowAllowed, .stillGranted: false
        }
    }
}
