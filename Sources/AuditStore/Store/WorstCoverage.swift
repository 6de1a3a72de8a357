/// A store whose ``coverage`` is the smallest of all its answers: for who puts several of them together.
public final class WorstCoverage: DenialStore {
    private let store: any DenialStore
    public private(set) var coverage = StoreCoverage.whole

    public init(_ store: any DenialStore) { self.store = store }

    private func answer<Value>(_ body: () throws(StoreError) -> Value) throws(StoreError) -> Value {
        let value = try body()
        if store.coverage.missing > coverage.missing { coverage = store.coverage }
        return value
    }

    public func add(_ denials: [KeyedDenial]) throws(StoreError) -> Int { try answer { () throws(StoreError) in try store.add(denials) } }

    public func totals(_ filter: DenialFilter) throws(StoreError) -> DenialTotals { try answer { () throws(StoreError) in try store.totals(filter) } }

    public func groups(_ filter: DenialFilter, by grouping: DenialGrouping, limit: Int, offset: Int) throws(StoreError) -> [DenialGroup] {
        try answer { () throws(StoreError) in try store.groups(filter, by: grouping, limit: limit, offset: offset) }
    }

    public func histogram(_ filter: DenialFilter, limit: Int) throws(StoreError) -> [TimeCount] {
        try answer { () throws(StoreError) in try store.histogram(filter, limit: limit) }
    }

    public func domains(_ filter: DenialFilter, limit: Int) throws(StoreError) -> [DomainCount] {
        try answer { () throws(StoreError) in try store.domains(filter, limit: limit) }
    }

    public func details(of kinds: [DenialGroup], _ filter: DenialFilter, domains: Int, stretches: Int) throws(StoreError) -> [KindDetail] {
        try answer { () throws(StoreError) in try store.details(of: kinds, filter, domains: domains, stretches: stretches) }
    }

    public func records(_ filter: DenialFilter, from key: DenialKey?, newestFirst: Bool, limit: Int) throws(StoreError) -> DenialPage {
        try answer { () throws(StoreError) in try store.records(filter, from: key, newestFirst: newestFirst, limit: limit) }
    }

    public func hosts() throws(StoreError) -> [HostSummary] { try answer { () throws(StoreError) in try store.hosts() } }

    public func notices(_ filter: DenialFilter, limit: Int, offset: Int) throws(StoreError) -> [StoredNotice] {
        try answer { () throws(StoreError) in try store.notices(filter, limit: limit, offset: offset) }
    }
}
