/// What happens to domains.
public enum DomainEvent: Hashable, Sendable {
    case created(UInt16)
    /// Who kept it is gone, and it is destroyed next.
    case abandoned(UInt16)
    /// It is gone, and all that it had.
    case destroyed(UInt16)
}
