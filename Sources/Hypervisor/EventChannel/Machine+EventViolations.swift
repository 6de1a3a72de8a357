import Flask

extension Machine {
    /// What is wrong with channels: nothing, at any time.
    var eventViolations: [String] {
        domains.keys.sorted().flatMap { number in
            guard let state = domains[number] else { return [String]() }
            return violations(of: state.events, number)
        } + virtualInterruptHandlers.compactMap { interrupt, handler in
            domains[handler.number.rawValue]?.domain === handler ? nil : "interrupt \(interrupt) has a handler that is gone"
        }
    }

    private func violations(of events: EventChannels, _ number: UInt16) -> [String] {
        var found: [String] = []
        func expect(_ condition: Bool, _ text: @autoclosure () -> String) {
            if !condition { found.append("domain \(number): \(text())") }
        }
        let used = events.channels.dropFirst().filter { $0.state != .free }
        expect(events.channels[0].state == .reserved, "port 0 is in use")
        expect(events.channels.count % EventChannels.bucket == 0, "\(events.channels.count) ports")
        expect(events.activeCount == used.count, "\(used.count) ports are in use, not \(events.activeCount)")
        expect(events.xenCount == used.count { $0.isXens }, "the count of the hypervisor's ports")
        for (index, channel) in events.channels.enumerated() {
            let port = UInt32(index)
            switch channel.state {
            case .free:
                expect(port >= events.lowestFree, "free port \(port) is below \(events.lowestFree)")
                expect(channel.label == nil && channel.listener == nil && !channel.isXens, "free port \(port) has something")
            case .reserved: expect(port == 0, "port \(port) is reserved")
            case .unbound, .interprocessor: break
            case .interdomain(let remote, let remotePort):
                let other = domains[remote]?.events[valid: remotePort]?.state
                expect(other == .interdomain(remote: number, port: port), "port \(port) has no other end")
            case .physicalInterrupt(let interrupt):
                expect(events.physicalInterrupts[interrupt] == port, "interrupt \(interrupt) is not at port \(port)")
            case .virtualInterrupt(let interrupt):
                let processor = VirtualInterrupt.isGlobal(interrupt) ? 0 : channel.processor
                expect(
                    events.virtualInterrupts[.init(number: interrupt, processor: processor)] == port,
                    "virtual interrupt \(interrupt) is not at port \(port)")
            }
        }
        let physical = used.count { if case .physicalInterrupt = $0.state { true } else { false } }
        let virtual = used.count { if case .virtualInterrupt = $0.state { true } else { false } }
        expect(physical == events.physicalInterrupts.count, "physical interrupts")
        expect(virtual == events.virtualInterrupts.count, "virtual interrupts")
        return found
    }
}
