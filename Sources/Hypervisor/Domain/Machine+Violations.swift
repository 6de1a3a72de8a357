import Flask

extension Machine {
    /// What is wrong with all that the hypervisor keeps: nothing, at any time. Each is one line that says where.
    ///
    /// - Channels (``eventViolations``): both ends know each other, counts are right, an interrupt is at the port that says so,
    ///   who handles an interrupt is there.
    /// - Device models (``deviceModelViolations``): a port at which the hypervisor waits is one server's or the monitor's, ranges
    ///   are apart, counts of lines are not negative, a frame of a server is not free.
    /// - Memory (``memoryViolations``): pages that are counted are those that are known, each in one place and not free; what a
    ///   domain has of others they know of.
    /// - References (``referenceViolations``): a page is referred to as often as somebody does: by a foreign mapping, a grant in
    ///   use, or the hypervisor that holds it; a grant is used as often as it is mapped.
    /// - Control (``controlViolations``): processors are in one pool, interrupts have one number, devices and messages are
    ///   somebody's, rings are sound and for those that there are.
    /// - Between areas (``joinViolations``): types of memory, the log, grants, mappings and pages that are held say the same of a
    ///   page; what is told of events is at the places that the guest knows.
    func violations() -> [String] {
        eventViolations + deviceModelViolations + memoryViolations + referenceViolations + controlViolations + joinViolations
    }

    /// What areas disagree about.
    var joinViolations: [String] {
        domains.values.sorted { $0.domain.number.rawValue < $1.domain.number.rawValue }.flatMap { state in
            (state.ownViolations + violationsOfMappings(state)).map { "d\(state.domain.number.rawValue): \($0)" }
        }
    }

    /// What a domain has mapped lies where its owner has it, and may be written to only where that was granted.
    private func violationsOfMappings(_ state: DomainState) -> [String] {
        var found: [String] = []
        for (frame, special) in state.memory.special {
            switch special.kind {
            case .foreign(let owner, let page?):
                let place = domains[owner.number.rawValue]?.memory.pool.place(of: page)
                if place?.memory !== special.memory || place?.offset != special.offset {
                    found.append("frame \(frame) is not page \(page) of d\(owner.number.rawValue)")
                }
            case .granted(let handle, let isReadOnly):
                guard let mapping = state.grants.mapping(handle),
                    let active = domains[mapping.granter.number.rawValue]?.grants.active[mapping.reference]
                else { continue }
                if active.page.memory !== special.memory || active.page.offset != special.offset {
                    found.append("frame \(frame) is not what was granted by \(mapping.reference)")
                }
                if isReadOnly != mapping.flags.contains(.readOnly) || !isReadOnly && !active.isWritten {
                    found.append("frame \(frame) may be written to otherwise than was granted by \(mapping.reference)")
                }
            default: break
            }
        }
        return found
    }
}

extension DomainState {
    /// What areas of one domain disagree about.
    fileprivate var ownViolations: [String] {
        var found: [String] = []
        func expect(_ condition: Bool, _ text: @autoclosure () -> String) {
            if !condition { found.append(text()) }
        }
        // Types and the log.
        let own = memory.placed.map(\.frame).filter { memory.ownType(of: $0) == .claimedByServer }
        let special = memory.special.filter { $0.value.type == .claimedByServer }.map(\.key)
        expect(memory.claimed == Set(own + special), "frames of the server: \(memory.claimed.sorted())")
        expect(memory.claimed.isEmpty || hasHAP && !memory.log.isEnabled, "memory is a server's while writes are logged")
        for (frame, found) in memory.special where found.isBorrowed {
            expect(found.type == .memory, "somebody else's page at \(frame) is of type \(found.type)")
        }
        // Pages where they are known to be.
        for held in heldPages {
            guard let number = held.number else { continue }
            let place = memory.pool.place(of: number)
            expect(
                place?.memory === held.page.memory && place?.offset == held.page.offset && memory.references[number] != nil,
                "page \(number) is held where it is not")
        }
        for (reference, active) in grants.active {
            guard let number = active.number else { continue }
            let place = memory.pool.place(of: number)
            expect(
                place?.memory === active.page.memory && place?.offset == active.page.offset,
                "grant \(reference) is of page \(number), which lies elsewhere")
        }
        for server in deviceModel.servers.compactMap({ $0 }) {
            for frame in server.frames where frame.isWithheld {
                guard let number = frame.page.number else { continue }
                expect(server.isEnabled && memory.lingering.contains(number), "frame \(frame.number) of a server is the guest's")
            }
        }
        // Events.
        let shared = memory.special.values.filter { if case .sharedInfo = $0.kind { true } else { false } }
        expect(shared.count <= 1, "shared information lies at \(shared.count) frames")
        expect(shared.allSatisfy { $0.memory === memory.sharedInfo }, "shared information is not what events are told in")
        expect(events.processorInfo.keys.allSatisfy(hasProcessor), "a processor that is none is told of events")
        if let ring = control.monitor.ring {
            expect(events.monitorPorts.contains(ring.port), "the monitor's port \(ring.port) is not the hypervisor's")
        }
        // Interrupts.
        let lines = deviceModel.emulatedInterrupts.values.filter { if case .line = $0 { true } else { false } }
        expect(Set(lines).count == lines.count, "a line has two numbers")
        expect(isHVM || deviceModel.emulatedInterrupts.isEmpty, "interrupts are emulated for nobody")
        return found
    }
}
