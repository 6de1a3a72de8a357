/// The context that a device, or a part of it, has in a policy.
public struct LabelledStretch: Sendable {
    public enum Origin: Sendable {
        /// The statement, and where a source says it.
        case statement(SearchAnswer.Entry)
        /// No statement is about it: Xen takes the context of an initial SID. Nil where the policy has none of that number either.
        case initialSID(name: String)
    }

    /// Frames or ports, both ends included; nil for what has one number, and for a node.
    public let range: ClosedRange<UInt64>?
    /// In the policy language, as bytes; nil where there is none, which is as if unlabelled.
    public let context: [UInt8]?
    public let origin: Origin
}
