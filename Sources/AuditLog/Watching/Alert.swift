/// Something happened that a rule is about.
public struct Alert: Hashable, Sendable {
    public enum Cause: Hashable, Sendable {
        case decision(DenialRecord)
        case notice(FlaskNotice)
    }

    public var rule: AlertRule
    public var cause: Cause
    /// How many decisions of its group there were, this one among them; 1 for a notice.
    public var count: UInt64
    /// Where it happened, as the transport of the line names it; nil where it names nobody.
    public var host: [UInt8]?
}
