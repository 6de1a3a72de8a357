/// Where decisions are kept, and asked for: a database file here (``SQLiteStore``), or a server's.
///
/// Every decision has a key, and is kept once. Values go in and come out; nothing of a log becomes a part of a question's text.
public protocol DenialStore {
    /// How much of what is kept the last answer is of.
    var coverage: StoreCoverage { get }

    /// Keeps decisions that have keys. Those whose key is there already change nothing. When it returns, they are safe.
    ///
    /// - Returns: how many were new.
    func add(_ denials: [KeyedDenial]) throws(StoreError) -> Int

    /// How much a filter lets through.
    func totals(_ filter: DenialFilter) throws(StoreError) -> DenialTotals

    /// Decisions that are alike, in groups.
    func groups(_ filter: DenialFilter, by grouping: DenialGrouping, limit: Int, offset: Int) throws(StoreError) -> [DenialGroup]

    /// How many there are in equal stretches of time: whole hours, so many that there are at most `limit` stretches. Those without any are left out.
    func histogram(_ filter: DenialFilter, limit: Int) throws(StoreError) -> [TimeCount]

    /// Which domains did it to which, most frequent first. Time is not looked at.
    func domains(_ filter: DenialFilter, limit: Int) throws(StoreError) -> [DomainCount]

    /// Domains and times of some of the kinds that a filter lets through, each as if it was asked about alone.
    ///
    /// - Parameters:
    ///   - filter: which decisions.
    ///   - kinds: of ``groups(_:by:limit:offset:)`` by kinds.
    ///   - domains: how many pairs of each.
    ///   - stretches: how many stretches of time; 0 for no times.
    func details(of kinds: [DenialGroup], _ filter: DenialFilter, domains: Int, stretches: Int) throws(StoreError) -> [KindDetail]

    /// Single decisions in the order of their keys, or the newest first, page by page.
    ///
    /// - Parameter filter: which decisions.
    /// - Parameter limit: how many, at most.
    /// - Parameter newestFirst: whether the order is the other way round.
    /// - Parameter key: behind which the page begins; nil for the first page.
    func records(_ filter: DenialFilter, from key: DenialKey?, newestFirst: Bool, limit: Int) throws(StoreError) -> DenialPage

    /// All hosts by name.
    func hosts() throws(StoreError) -> [HostSummary]

    /// What the hypervisor said beside decisions, newest first. Of a filter, host and boot are looked at.
    func notices(_ filter: DenialFilter, limit: Int, offset: Int) throws(StoreError) -> [StoredNotice]
}
