import Flask

extension Machine {
    /// What is wrong with how memory is counted and mapped; empty unless there is a mistake.
    var memoryViolations: [String] {
        var wrong: [String] = []
        let total = domains.values.reduce(0) { $0 &+ $1.totalPages }
        if total > totalPages { wrong.append("domains have \(total) pages of \(totalPages)") }
        if claimedPages > freePages { wrong.append("\(claimedPages) pages are claimed, \(freePages) are free") }
        for state in domains.values {
            wrong += state.memoryViolations.map { "d\(state.domain.number.rawValue): \($0)" }
            wrong += borrowingViolations(of: state).map { "d\(state.domain.number.rawValue): \($0)" }
        }
        return wrong
    }

    /// What is wrong with what a domain has of others: each reference must be one that is counted there.
    private func borrowingViolations(of state: DomainState) -> [String] {
        var wrong: [String] = []
        for (frame, special) in state.memory.special {
            switch special.kind {
            case .granted(let handle, _):
                if state.grants.mapping(handle) == nil { wrong.append("frame \(frame) has mapping \(handle), which has ended") }
            case .foreign(let owner, let page?):
                if domains[owner.number.rawValue]?.domain !== owner || domains[owner.number.rawValue]?.memory.references[page] == nil {
                    wrong.append("frame \(frame) has a page of d\(owner.number.rawValue) that does not know of it")
                }
            default: break
            }
        }
        for mapping in state.grants.mappings.compactMap({ $0 }) {
            guard let granter = domains[mapping.granter.number.rawValue], granter.domain === mapping.granter else {
                wrong.append("a grant of a domain that is gone is mapped")
                continue
            }
            if granter.grants.active[mapping.reference]?.holder !== state.domain {
                wrong.append("grant \(mapping.reference) of d\(granter.domain.number.rawValue) is mapped and not in use")
            }
        }
        return wrong
    }

    /// How often pages are referred to and grants are used, counted from those who do.
    var referenceViolations: [String] {
        var references: [String: UInt32] = [:]
        var uses: [String: Int] = [:]
        for state in domains.values {
            for special in state.memory.special.values {
                if case .foreign(let owner, let page?) = special.kind { references["\(owner.number.rawValue) \(page)", default: 0] += 1 }
            }
            for number in state.heldPages.compactMap(\.number) { references["\(state.domain.number.rawValue) \(number)", default: 0] += 1 }
            for (_, active) in state.grants.active {
                if let page = active.number { references["\(state.domain.number.rawValue) \(page)", default: 0] += 1 }
            }
            for mapping in state.grants.mappings.compactMap({ $0 }) {
                let count = (mapping.flags.contains(.host) ? 1 : 0) + (mapping.flags.contains(.device) ? 1 : 0)
                uses["\(mapping.granter.number.rawValue) \(mapping.reference)", default: 0] += count
            }
        }
        var wrong: [String] = []
        for state in domains.values {
            for (page, count) in state.memory.references {
                let counted = references.removeValue(forKey: "\(state.domain.number.rawValue) \(page)") ?? 0
                if counted != count { wrong.append("page \(page) has \(count) references, \(counted) are known") }
            }
            for (reference, active) in state.grants.active {
                let used = Int(active.hostReaders) + Int(active.hostWriters) + Int(active.deviceReaders) + Int(active.deviceWriters)
                let counted = uses.removeValue(forKey: "\(state.domain.number.rawValue) \(reference)") ?? 0
                if counted != used { wrong.append("grant \(reference) has \(used) uses, \(counted) are known") }
            }
        }
        wrong += references.keys.map { "page \($0) is referred to and does not know of it" }
        wrong += uses.keys.map { "grant \($0) is used and does not know of it" }
        return wrong
    }
}

extension DomainState {
    fileprivate var memoryViolations: [String] {
        var wrong: [String] = []
        let placed = memory.placed
        let known = UInt64(placed.count) + UInt64(memory.lingering.count) + memory.unplaced + memory.onDemandPages
        if known != totalPages { wrong.append("\(totalPages) pages are counted, \(known) are known") }
        if UInt64(memory.pool.count) != UInt64(placed.count + memory.lingering.count) {
            wrong.append("\(memory.pool.count) pages are taken, \(placed.count + memory.lingering.count) are used")
        }
        var seen = Set(memory.pool.freePages)
        if seen.count != memory.pool.freePages.count { wrong.append("a page is free twice") }
        for page in placed.map(\.page) + memory.lingering {
            if !seen.insert(page).inserted { wrong.append("page \(page) is in two places") }
            if memory.pool.place(of: page) == nil { wrong.append("page \(page) lies nowhere") }
        }
        for page in memory.references.keys where !seen.contains(page) || memory.pool.freePages.contains(page) {
            wrong.append("page \(page) is mapped by others and free")
        }
        return wrong
    }
}
