import Flask

extension DomainState {
    /// Throws `ENOENT` where there is no such server, `EPERM` where it is somebody else's.
    func checkServer(_ number: UInt16, _ caller: Caller) throws(XenErrorNumber) {
        guard number < IORequestServer.limit, let server = deviceModel.servers[Int(number)] else { throw .noEntry }
        try server.check(caller)
    }

    /// Throws `EPERM` where a port is that of a server which is somebody else's, and that was made by somebody in particular.
    func checkServerPort(_ port: UInt32, _ caller: Caller) throws(XenErrorNumber) {
        for case let server? in deviceModel.servers where server.owner != nil && server.owner !== caller.owner {
            guard server.bufferedPort != port, !server.ports.contains(port) else { throw .operationNotPermitted }
        }
    }

    /// Adds a server under the lowest free number, with the hypervisor's ends of event channels to its emulator. Throws
    /// `ENOSPC`.
    mutating func addServer(
        _ server: IORequestServer, label: SecurityIdentifier?
    ) throws(XenErrorNumber) -> Int {
        guard let number = deviceModel.servers.firstIndex(where: { $0 == nil }) else { throw .noSpace }
        deviceModel.servers[number] = try addPorts(to: server, label: label)
        return number
    }

    /// Gives a server ports for all processors that it has none for. Throws `ENOSPC`, and gives none then.
    mutating func addPorts(
        to old: IORequestServer, label: SecurityIdentifier?
    ) throws(XenErrorNumber) -> IORequestServer {
        var server = old
        let emulator = server.emulator.number.rawValue
        do throws(XenErrorNumber) {
            for processor in processors.indices.dropFirst(old.ports.count) {
                server.ports.append(try addServerPort(UInt32(processor), emulator, label))
                if processor == 0, server.buffering != .off { server.bufferedPort = try addServerPort(0, emulator, label) }
            }
        } catch {
            for port in server.ports.dropFirst(old.ports.count) { free(port) }
            if old.bufferedPort == nil, let port = server.bufferedPort { free(port) }
            throw error
        }
        if server.isEnabled { server.tellPorts() }
        return server
    }

    private mutating func addServerPort(
        _ processor: UInt32, _ emulator: UInt16, _ label: SecurityIdentifier?
    ) throws(XenErrorNumber) -> UInt32 {
        let port = try freePort()
        events.occupy(
            port, EventChannel(state: .unbound(remote: emulator), label: label, processor: processor, isXens: true))
        return port
    }

    /// Makes the pages of a server, which nobody has made frames of the guest's. Throws `EPERM` and `ENOMEM`.
    mutating func makeServerPages(_ number: Int) throws(XenErrorNumber) {
        guard var server = deviceModel.servers[number] else { throw .noEntry }
        guard server.frames.isEmpty else { throw .operationNotPermitted }
        guard server.synchronous == nil else { return }
        let memory = try SharedMemory(pages: 2)
        server.synchronous = SharedPage(memory: memory, offset: 4_096)
        if server.buffering != .off { server.buffered = SharedPage(memory: memory, offset: 0) }
        deviceModel.servers[number] = server
    }

    /// Puts the pages of a server at frames of the guest's that are for this. Throws `EPERM` when there are pages without
    /// frames, `EINVAL` when the domain dies or has no memory there, `ENOMEM` when there are no frames (Xen,
    /// xen/arch/x86/hvm/ioreq.c: `arch_ioreq_server_map_pages`).
    mutating func mapServerFrames(_ number: Int, isStrict: Bool) throws(XenErrorNumber) {
        guard var server = deviceModel.servers[number] else { throw .noEntry }
        guard server.frames.isEmpty else { return }
        guard server.synchronous == nil else { throw .operationNotPermitted }
        guard !isDying else { throw .invalidArgument }
        do throws(XenErrorNumber) {
            for isBuffered in server.buffering == .off ? [false] : [false, true] {
                guard let frame = deviceModel.frames.take(hvm, isStrict: isStrict) else { throw .outOfMemory }
                do throws(XenErrorNumber) {
                    guard resources.mappedMemory[frame] == nil else { throw .operationNotPermitted }
                    server.frames.append(.init(number: frame, page: try memory.hold(frame), isBuffered: isBuffered))
                } catch {
                    deviceModel.frames.give(frame, hvm)
                    throw error
                }
            }
        } catch {
            giveFrames(of: server)
            throw error
        }
        server.synchronous = server.frames.first?.page.page
        server.buffered = server.frames.first(where: \.isBuffered)?.page.page
        deviceModel.servers[number] = server
    }

    /// Gives back the frames of a server.
    private mutating func giveFrames(of server: IORequestServer) {
        for frame in server.frames {
            letGo(frame.page)
            deviceModel.frames.give(frame.number, hvm)
        }
    }

    /// Enables a server, whose frames the guest loses, or disables it, and it has them again; they are empty then. False when
    /// something else lies at such a frame: the domain is to crash (Xen: `arch_ioreq_server_enable`).
    mutating func enableServer(_ number: Int, _ enables: Bool) -> Bool {
        guard let server = deviceModel.servers[number], server.isEnabled != enables else { return true }
        deviceModel.servers[number]?.isEnabled = enables
        var isSound = true
        for (index, frame) in server.frames.enumerated() {
            let page = frame.page.page
            if enables {
                let isWithheld = memory.withhold(frame.page, at: frame.number)
                deviceModel.servers[number]?.frames[index].isWithheld = isWithheld == true
                if isWithheld == nil { isSound = false }
            }
            _ = page.memory.clear(4_096, at: page.offset)
            guard !enables else { continue }
            memory.restore(frame.page, at: frame.number)
            deviceModel.servers[number]?.frames[index].isWithheld = false
        }
        if enables { server.tellPorts() }
        return isSound
    }

    /// Takes away what a server has of the domain; its ports are closed already.
    fileprivate mutating func removeServer(_ index: Int) {
        _ = enableServer(index, false)
        guard let server = deviceModel.servers[index] else { return }
        giveFrames(of: server)
        deviceModel.servers[index] = nil
        if deviceModel.memoryServer == index { deviceModel.memoryServer = nil }
    }

    /// Sends writes to served memory to a server. Throws `EINVAL` when it is not this one that they go to and is not to be any
    /// more, `EBUSY` when there is one, or frames of one that was (Xen: `p2m_set_ioreq_server`).
    mutating func mapMemoryServer(_ new: Int?, of number: Int) throws(XenErrorNumber) {
        if new == nil {
            guard deviceModel.memoryServer == number else { throw .invalidArgument }
        } else {
            guard deviceModel.memoryServer == nil, memory.claimed.isEmpty else { throw .busy }
        }
        deviceModel.memoryServer = new
    }
}

extension Machine {
    /// Ends a server: its ports, its pages, its frames.
    mutating func removeServer(_ index: Int, of number: UInt16) {
        guard let server = domains[number]?.deviceModel.servers[index] else { return }
        for port in server.ports + [server.bufferedPort].compactMap({ $0 }) { try? close(number, port, byGuest: false) }
        domains[number]?.removeServer(index)
    }
}
