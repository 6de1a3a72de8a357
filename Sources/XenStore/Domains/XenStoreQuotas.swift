/// What a domain other than the control domain may use up. The numbers are those of Xen's daemon where it has them
/// (Xen, tools/xenstore/xenstored_core.c: `quota_nb_entry_per_domain` and those behind it).
public struct XenStoreQuotas: Hashable, Sendable {
    /// Nodes that a domain owns; beyond it `ENOSPC`.
    public var nodes = 1_000
    /// Watches of a domain; beyond it `E2BIG`.
    public var watches = 128
    /// Bytes of a node with its permissions and its children's names: as many or more are refused with `ENOSPC`.
    public var nodeSize = 2_048
    /// Transactions that a domain has open; beyond it `ENOSPC`.
    public var transactions = 10
    /// Entries of permissions in a request; beyond it `ENOSPC`.
    public var permissions = 5
    /// Requests within a transaction; the next one is answered by `ENOSPC`, and the transaction cannot be committed.
    public var requestsInTransaction = 1_024
    /// Bytes that a domain's watches, its open transactions and what a connection has not fetched take. Beyond it, watches
    /// and requests in transactions are answered by `ENOMEM`, and events of watches are not sent.
    public var memory = 2_621_440
    /// Connections of a domain; further ones are closed. Xen's daemon has no such number: a domain has one ring there.
    public var connections = 16
    /// Unsent bytes of a connection beyond which its requests wait until it reads.
    public var unsentReplies = 65_536
    /// Unsent bytes beyond which a connection of the control domain is closed: of no domain the store keeps more.
    public var unsentOfControlDomain = 67_108_864

    public init() {}
}
