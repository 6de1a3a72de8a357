import Flask
import Synchronization

// Processors and memory that come and go (Xen, xen/arch/x86/platform_hypercall.c and xen/arch/x86/sysctl.c).

extension Hypervisor {
    func platformProcessors(
        _ command: PlatformCommand, _ call: inout ABIStructure, _ caller: Caller
    ) throws(XenErrorNumber) {
        let number = call.word32(at: 8)
        switch command {
        case .processorInfo, .processorVersion: tellProcessor(command, &call)
        case .processorOnline:
            try hooks.machine(.plug, caller)
            guard number < configuration.processorCount else { throw .invalidArgument }
            try bringUp(number, orElse: nil)
        case .processorOffline:
            try hooks.machine(.unplug, caller)
            guard number != 0 else { throw .notSupported }
            guard number < configuration.processorCount else { throw .invalidArgument }
            guard machine.withLock({ $0.pools.isOnline(number) }) else { return }
            try bringDown(number)
        case .addProcessor:
            try hooks.machine(.plug, caller)
            // The sockets are full.
            throw .invalidArgument
        case .addMemory:
            try hooks.machine(.plug, caller)
            try addMemory(call.word64(at: 8), call.word64(at: 16))
        default: try parkProcessors(&call)
        }
    }

    private func bringUp(_ number: UInt32, orElse error: XenErrorNumber?) throws(XenErrorNumber) {
        try machine.withLock { (machine) throws(XenErrorNumber) in
            if machine.pools.isOnline(number), error == nil { return }
            try machine.pools.bringUp(number)
        }
    }

    private func bringDown(_ number: UInt32) throws(XenErrorNumber) {
        try machine.withLock { (machine) throws(XenErrorNumber) in
            try machine.pools.bringDown(number, domains: machine.domains(inPool: 0))
        }
    }

    private func tellProcessor(_ command: PlatformCommand, _ call: inout ABIStructure) {
        let number = call.word32(at: 8)
        let exists = number < configuration.processorCount
        let isOnline = machine.withLock { $0.pools.isOnline(number) }
        call.set(UInt32(configuration.processorCount - 1), at: 12)
        if command == .processorInfo {
            // Online is one, and two that there is none.
            call.set(exists ? isOnline ? 1 : 0 : 2 as UInt32, at: 16)
            guard exists else { return }
            call.set(number, at: 20)
            call.set(number, at: 24)
        } else {
            call.set(isOnline ? Array("GenuineIntel".utf8) : [UInt8](repeating: 0, count: 12), at: 16)
            call.set(isOnline ? 6 : 0 as UInt32, at: 28)
            call.set(isOnline ? 0x6f : 0 as UInt32, at: 32)
            call.set(isOnline ? 1 : 0 as UInt32, at: 36)
        }
    }

    /// Memory comes behind what there is, in parts of a gibibyte.
    private func addMemory(_ first: UInt64, _ end: UInt64) throws(XenErrorNumber) {
        try machine.withLock { (machine) throws(XenErrorNumber) in
            let perPart: UInt64 = 1 << 18
            guard first < end, first % perPart == 0, end % perPart == 0, end <= 1 << 34 else { throw .invalidArgument }
            guard first >= machine.totalPages else { throw .exists }
            machine.totalPages += end - first
        }
    }

    private func parkProcessors(_ call: inout ABIStructure) throws(XenErrorNumber) {
        switch call.word32(at: 8) {
        case 1:
            let count = min(call.word32(at: 12), UInt32(configuration.processorCount - 1))
            machine.withLock { $0.platform.idleProcessors = count }
        case 2: call.set(machine.withLock { $0.platform.idleProcessors }, at: 12)
        default: throw .invalidArgument
        }
    }

    /// `XEN_SYSCTL_cpu_hotplug`. Cores here have one thread.
    func plugProcessor(_ call: ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let number = call.word32(at: 8)
        switch call.word32(at: 12) {
        case 0:
            try hooks.machine(.plug, caller)
            try bringUp(number, orElse: .exists)
        case 1:
            try hooks.machine(.unplug, caller)
            try bringDown(number)
        default: throw .notSupported
        }
    }
}

extension Machine {
    /// How many domains a pool has.
    func domains(inPool number: UInt32) -> Int { domains.values.count { $0.pool == number } }
}
