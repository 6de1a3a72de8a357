/// Why a policy cannot be decided from.
public enum PolicyLoadError: Error, Hashable, Sendable {
    /// The bytes are no image of a policy.
    case image(ImageReadError)
    /// It is an image, and Xen does not take it. The first reason is the one at which Xen gives up.
    case rejected([XenRejection])
    /// A class or permission is not what the release was built with.
    case vocabulary(VocabularyMismatch)
    /// The expression of a constraint cannot be evaluated.
    case malformedConstraint(objectClass: Name)
    /// Types bound each other in a circle, or in a longer chain than Xen follows.
    case boundsTooDeep(type: Name)
    /// The image has more bytes than are taken.
    case tooLarge(Int, limit: Int)
    /// An initial SID has two contexts, or a number beyond all that there can be.
    case duplicateInitialSID(UInt32)
    /// Xen would take it; a strict server does not.
    case notSpotless(PolicyLoadReport)
    /// The running policy has no levels and this one has, or the other way round.
    case changesMLS(toMLS: Bool)
}
