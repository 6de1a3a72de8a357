/// What happens to domains.
public enum DomainEvent: Hashable, Sendable {
    case created(UInt16)
    /// It is gone, and all that it had.
    case destroyed(UInt16)
}
