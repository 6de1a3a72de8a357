/// What is told of a kind of decisions beside how many there are.
public struct KindDetail: Hashable, Sendable {
    /// Which domains did it to which, most frequent first: as of ``DenialStore/domains(_:limit:)``.
    public var domains: [DomainCount]
    /// When: as of ``DenialStore/histogram(_:limit:)``.
    public var times: [TimeCount]

    public init(domains: [DomainCount] = [], times: [TimeCount] = []) {
        self.domains = domains
        self.times = times
    }
}

extension DenialStore {
    /// Asks about one kind after the other.
    public func details(of kinds: [DenialGroup], _ filter: DenialFilter, domains: Int, stretches: Int) throws(StoreError) -> [KindDetail] {
        var details: [KindDetail] = []
        for kind in kinds {
            var filter = filter
            filter.kind = kind.record
            details.append(
                KindDetail(domains: try self.domains(filter, limit: domains), times: stretches > 0 ? try histogram(filter, limit: stretches) : []))
        }
        return details
    }
}
