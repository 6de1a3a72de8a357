extension Machine {
    /// What is wrong with what device models have set up: nothing, at any time.
    var deviceModelViolations: [String] {
        domains.keys.sorted().flatMap { number in
            guard let state = domains[number] else { return [String]() }
            return violations(of: state, number)
        }
    }

    private func violations(of state: DomainState, _ number: UInt16) -> [String] {
        var found: [String] = []
        func expect(_ condition: Bool, _ text: @autoclosure () -> String) {
            if !condition { found.append("domain \(number): \(text())") }
        }
        let model = state.deviceModel
        var ports: Set<UInt32> = []
        for (index, server) in model.servers.enumerated() {
            guard let server else { continue }
            expect((server.bufferedPort != nil) == (server.buffering != .off && !server.ports.isEmpty), "server \(index)'s ring")
            for port in server.ports + [server.bufferedPort].compactMap({ $0 }) {
                expect(ports.insert(port).inserted, "port \(port) is of two servers")
                expect(state.events[valid: port]?.isXens == true, "port \(port) of server \(index) is not the hypervisor's")
            }
            for set in server.ranges {
                expect(set.ranges.count <= IORangeSet.limit, "server \(index) has \(set.ranges.count) ranges")
                for (range, next) in zip(set.ranges, set.ranges.dropFirst()) {
                    expect(
                        range.upperBound < next.lowerBound && range.upperBound + 1 < next.lowerBound,
                        "server \(index): \(range) and \(next)")
                }
            }
            expect(server.frames.isEmpty || server.synchronous != nil, "server \(index)'s frames")
            for frame in server.frames {
                expect(!model.frames.isFree(frame.number, state.hvm), "frame \(frame.number) of server \(index) is free")
            }
        }
        let own = state.events.channels.indices.filter { state.events.channels[$0].isXens }
        ports.formUnion(state.events.monitorPorts)
        expect(own.allSatisfy { ports.contains(UInt32($0)) }, "the hypervisor waits at a port for nobody")
        expect(state.events.monitorPorts.allSatisfy { own.contains(Int($0)) }, "a monitor's port is not the hypervisor's")
        expect(model.memoryServer == nil || model.servers[model.memoryServer ?? 0] != nil, "memory is served by nobody")
        expect(model.cacheAttributes.ranges.count <= PinnedCacheAttributes.limit, "cache attributes")
        expect(model.messages.count <= DeviceModelState.messageLimit, "messages")
        expect(model.lines.inputCounts.allSatisfy { $0 >= 0 }, "inputs \(model.lines.inputCounts)")
        expect(model.lines.linkCounts.allSatisfy { $0 >= 0 }, "links \(model.lines.linkCounts)")
        return found
    }
}
