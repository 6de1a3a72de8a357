/// Some of the decisions that a filter lets through.
public struct DenialPage: Hashable, Sendable {
    public var records: [KeyedDenial]
    /// Where the next page begins; nil when there is none. A page may have fewer than were asked for, even none, and there are more: much
    /// was looked at in vain.
    public var next: DenialKey?

    public init(records: [KeyedDenial], next: DenialKey? = nil) {
        self.records = records
        self.next = next
    }
}
