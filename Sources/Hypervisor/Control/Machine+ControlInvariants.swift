import Flask

extension Machine {
    /// What is wrong with the state of control hypercalls, in words: nothing ever.
    var controlViolations: [String] {
        poolViolations + resourceViolations + argoViolations + domains.keys.filter { number in
            domains[number].map { pools[$0.pool]?.processors ?? 0 == 0 } ?? true
        }.map { "d\($0) is in a pool without processors" }
    }

    /// Each processor that is up is in one pool, or free.
    private var poolViolations: [String] {
        var violations: [String] = []
        var seen = pools.free
        for pool in pools.pools {
            if seen & pool.processors != 0 { violations.append("pool \(pool.number) shares processors") }
            seen |= pool.processors
        }
        if seen != pools.online { violations.append("a processor is nowhere, or is not up") }
        if !zip(pools.pools, pools.pools.dropFirst()).allSatisfy({ $0.number < $1.number }) {
            violations.append("pools are not in order")
        }
        return violations
    }

    /// Interrupts have one number for a domain, messages are for domains that have them, and devices are somebody's.
    private var resourceViolations: [String] {
        var violations: [String] = []
        for (number, state) in domains {
            let resources = state.resources
            let sets = [resources.interrupts, resources.ports, resources.memory]
            if !sets.allSatisfy(\.isSorted) { violations.append("ranges of d\(number) are not in order") }
            if Set(resources.mappedInterrupts.values).count != resources.mappedInterrupts.count {
                violations.append("an interrupt of d\(number) has two numbers")
            }
            if !resources.reservedInterrupts.isDisjoint(with: resources.mappedInterrupts.keys) {
                violations.append("a number of d\(number) is used and reserved")
            }
        }
        let mapped = Set(domains.values.flatMap { $0.resources.mappedInterrupts.values })
        if !interrupts.messages.keys.allSatisfy(mapped.contains) { violations.append("a message is nobody's") }
        for device in devices.values where domains[device.owner] == nil && device.owner != DomainIdentifier.io.rawValue {
            violations.append("device \(device.number) is of a domain that is gone")
        }
        return violations
    }

    /// Rings are for domains that there are, who wait for room too.
    private var argoViolations: [String] {
        var violations: [String] = []
        for (number, state) in domains {
            for (identifier, ring) in state.argo.rings {
                if !ring.isSound { violations.append("a ring of d\(number) is not sound") }
                for sender in ring.waiting.keys where domains[sender] == nil {
                    violations.append("d\(sender) waits for room in a ring of d\(number) and is gone")
                }
                if identifier.partner != ArgoState.Identifier.anybody, domains[identifier.partner] == nil {
                    violations.append("a ring of d\(number) is for a domain that is gone")
                }
            }
        }
        return violations
    }
}
