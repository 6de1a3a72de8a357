import Flask
import Synchronization

// The hypercalls of operations, by the structures that they take.

extension ScenarioContext {
    func call(_ number: HypercallNumber, _ arguments: [UInt64]) -> Int64 {
        hypervisor.hypercall(number.rawValue, arguments + [0, 0, 0, 0, 0], caller)
    }

    /// A call about a structure.
    func call(_ number: HypercallNumber, _ structure: ABIStructure) -> Int64 {
        put(structure.bytes, at: Self.structure)
        return call(number, [Self.structure])
    }

    /// A call about a structure, behind another argument.
    func call(_ number: HypercallNumber, _ first: UInt64, _ structure: ABIStructure) -> Int64 {
        put(structure.bytes, at: Self.structure)
        return call(number, [first, Self.structure])
    }

    private func made(_ size: Int, _ body: (inout ABIStructure) -> Void) -> ABIStructure {
        var call = ABIStructure(size: size)
        body(&call)
        return call
    }

    func domctl(_ command: DomainControlCommand, _ domain: UInt16, _ body: (inout ABIStructure) -> Void = { _ in }) -> Int64 {
        var call = ABIStructure(command, of: domain)
        body(&call)
        return self.call(.domainControl, call)
    }

    func sysctl(_ command: SystemControlCommand, _ body: (inout ABIStructure) -> Void = { _ in }) -> Int64 {
        var call = ABIStructure(command)
        body(&call)
        return self.call(.systemControl, call)
    }

    /// `flask_op` with its words, behind command and version.
    func flask(_ command: FlaskCommand, _ body: (inout ABIStructure) -> Void = { _ in }) -> Int64 {
        call(
            .security,
            made(40) { call in
                call.set(command.rawValue, at: 0)
                call.set(1 as UInt32, at: 4)
                body(&call)
            })
    }

    func memory(_ command: MemoryCommand, size: Int, _ body: (inout ABIStructure) -> Void) -> Int64 {
        call(.memoryOperation, command.rawValue, made(size, body))
    }

    /// `struct xen_memory_reservation` over single pages. These say how many they have done: fewer than all is `ENOMEM` here.
    func reserve(_ command: MemoryCommand, frames: Range<UInt64>?, count: UInt64) throws(Failure) -> Int64 {
        guard count > 0, count <= Self.mostNumbers else { throw Failure(message: "at most \(Self.mostNumbers) pages at once") }
        put(numbers: frames.map(Array.init) ?? [UInt64](repeating: 0, count: Int(count)))
        let done = memory(command, size: 32) { call in
            call.set(Self.buffer, at: 0)
            call.set(count, at: 8)
            call.set(domain(), at: 24)
        }
        return done == Int64(count) ? 0 : -Int64(XenErrorNumber.outOfMemory.rawValue)
    }

    func event(_ command: EventChannelCommand, _ body: (inout ABIStructure) -> Void) -> Int64 {
        call(.eventChannel, UInt64(command.rawValue), made(command.size, body))
    }

    /// `grant_table_op` on one structure; its status, where it has one at an offset, counts as the result.
    func grant(_ command: GrantCommand, statusAt offset: Int?, _ body: (inout ABIStructure) -> Void) -> Int64 {
        put(made(command.size, body).bytes, at: Self.structure)
        let result = call(.grantTable, [UInt64(command.rawValue), Self.structure, 1])
        guard result == 0, let offset else { return result }
        let status = Int16(bitPattern: answer(command.size).word16(at: offset))
        return status < 0 ? ScenarioResult.firstGrantStatus + Int64(status) : 0
    }

    /// `dm_op` with the operation's own part, and by choice a second buffer of some bytes.
    func deviceModel(_ command: DeviceModelCommand, second: UInt64? = nil, _ body: (inout ABIStructure) -> Void) -> Int64 {
        var operation = made(8 + command.size) { $0.set(command.rawValue, at: 0) }
        operation.set(made(command.size, body).bytes, at: 8)
        put(operation.bytes, at: Self.buffer)
        put(numbers: [Self.buffer, UInt64(8 + command.size), Self.secondBuffer, second ?? 0], at: Self.structure)
        return call(.deviceModel, [UInt64(domain()), second == nil ? 1 : 2, Self.structure])
    }

    func hvm(_ command: HVMCommand, size: Int, _ body: (inout ABIStructure) -> Void) -> Int64 {
        call(.hvm, command.rawValue, made(size, body))
    }

    func alternateViews(_ command: AlternateViewCommand, _ body: (inout ABIStructure) -> Void) -> Int64 {
        hvm(.alternateViews, size: 80) { call in
            call.set(1 as UInt32, at: 0)
            call.set(command.rawValue, at: 4)
            call.set(domain(), at: 8)
            body(&call)
        }
    }

    func physdev(_ command: PhysicalDeviceCommand, size: Int, _ body: (inout ABIStructure) -> Void) -> Int64 {
        call(.physicalDevice, UInt64(command.rawValue), made(size, body))
    }

    func platform(_ command: PlatformCommand, _ body: (inout ABIStructure) -> Void) -> Int64 {
        call(
            .platformOperation,
            made(136) { call in
                call.set(command.rawValue, at: 0)
                call.set(Hypervisor.platformVersion, at: 4)
                body(&call)
            })
    }

    // MARK: What is simply there

    /// Changes what a domain has, without asking anybody.
    func change<Result: Sendable>(
        _ domain: UInt16, _ body: (inout DomainState) throws(XenErrorNumber) -> sending Result
    ) throws(Failure) -> Result {
        do {
            return try hypervisor.with(hypervisor.domain(domain, or: caller), body)
        } catch {
            throw Failure(message: "it cannot be set up: \(error.name)")
        }
    }

    /// The number by which the interface knows a domain's frame: where the hypervisor does not translate for a domain, its frames
    /// are counted here from 0, as if it did.
    func frame(_ frame: UInt64, of number: UInt16) throws(Failure) -> UInt64 {
        guard let domain = try? hypervisor.domain(number, or: caller) else { return frame }
        return try change(number) { (state) throws(XenErrorNumber) in
            if state.isHVM { return frame }
            let pages = state.memory.placed.map(\.page).sorted()
            return frame < UInt64(pages.count) ? Machine.machineFrame(pages[Int(frame)], of: domain.number) : frame
        }
    }

    /// A page of a domain's, by its frame of the machine; one is made where the domain has none.
    func machineFrame(of number: UInt16) throws(Failure) -> UInt64 {
        do {
            let domain = try hypervisor.domain(number, or: caller)
            return try hypervisor.machine.withLock { (machine) throws(XenErrorNumber) in
                let known = try machine.with(domain) { (state) throws(XenErrorNumber) -> UInt64? in
                    state.memory.placed.map(\.page).min().map { Machine.machineFrame($0, of: domain.number) }
                }
                if let known { return known }
                try machine.with(domain) { (state) throws(XenErrorNumber) in state.maximumPages += 1 }
                return try machine.place(machine.take(1, for: domain), of: domain, at: nil) ?? 0
            }
        } catch {
            throw Failure(message: "the domain has no page: \(error.name)")
        }
    }
}
