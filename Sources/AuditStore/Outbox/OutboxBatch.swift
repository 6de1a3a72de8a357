/// Some of what waits to be sent: ``Outbox``.
public struct OutboxBatch: Sendable {
    /// In the order of their boots, as those were first seen, and of their places in them.
    public var denials: [KeyedDenial] = []
    public var notices: [StoredNotice] = []
    /// How far a stretch is sent when this was sent.
    var marks: [Mark] = []
    var counts: [NoticeMark] = []

    struct Mark: Hashable {
        var stretch: Int64
        var boot: Int64
        /// How far it was sent before; nil when nothing of it was.
        var before: Int64?
        var end: Int64
    }

    struct NoticeMark: Hashable {
        var notice: Int64
        var count: Int64
    }

    /// Whether there is nothing to send in it, only to confirm: what was to be sent was removed.
    public var isEmpty: Bool { denials.isEmpty && notices.isEmpty }
}
