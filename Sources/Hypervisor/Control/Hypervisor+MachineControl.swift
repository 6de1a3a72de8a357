import Flask
import Synchronization

// Commands of `sysctl` about traces, power, processors and pages (Xen, xen/common/sysctl.c, xen/arch/x86/sysctl.c). Those for
// which Debian's Xen is not built say what it says: `ENOSYS` and `EOPNOTSUPP`.

extension Hypervisor {
    func machineControl(
        _ command: SystemControlCommand, _ call: inout ABIStructure, at address: UInt64, _ caller: Caller
    ) throws(XenErrorNumber) -> Int64 {
        switch command {
        case .traceBuffers: try traceBuffers(&call, caller)
        case .powerStatistics: try powerStatistics(call)
        case .powerOperation: try powerOperation(&call)
        case .cpuHotplug:
            try plugProcessor(call, caller)
            return 0
        case .pageOffline:
            try pageOffline(call, caller)
            return 0
        case .cpuPoolOperation: try poolOperation(&call, caller)
        case .schedulerOperation: try schedulePool(&call, caller)
        case .pciTopology: try tellPCITopology(&call, caller)
        case .cpuLevelling: call.set(0 as UInt32, at: 8)
        case .cpuFeatures: try tellFeatures(&call, at: address, caller)
        case .cpuPolicy: try tellCPUPolicy(&call, caller)
        case .livePatch:
            // The structure is given back with failures too, but for what is not known.
            var failure: XenErrorNumber?
            var result: Int64 = 0
            do throws(XenErrorNumber) { result = try livePatch(&call, caller) } catch { failure = error }
            if failure != .notSupported, failure != .notImplemented { try caller.memory.put(call, at: address) }
            if let failure { throw failure }
            return result
        case .cacheMonitoring: throw .noDevice
        case .cacheAllocation: throw call.word32(at: 8) <= 2 ? .noDevice : .notSupported
        case .coverage: throw .notSupported
        default: throw .notImplemented
        }
        try caller.memory.put(call, at: address)
        return 0
    }

    // MARK: Traces

    /// Nothing is traced: which events and how much memory would be, is told again.
    private func traceBuffers(_ call: inout ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let width = machine.withLock { $0.pools.processorCount }
        if call.word32(at: 8) == 1 { _ = try caller.memory.bitmap(call, at: 16, width: width) }
        let (operation, events, size) = (call.word32(at: 8), call.word32(at: 32), call.word32(at: 48))
        let state = try machine.withLock { (machine) throws(XenErrorNumber) in
            switch operation {
            // It is asked about, which processors are traced, it ends.
            case 0, 1, 5: break
            case 2: machine.platform.traceEvents = events
            case 3:
                // It is set once, and not larger than what there is.
                guard machine.platform.tracePages == 0, size > 0, size <= 1 << 16 else { throw .invalidArgument }
                machine.platform.tracePages = size
            case 4:
                guard machine.platform.tracePages != 0 else { throw .invalidArgument }
            default: throw .invalidArgument
            }
            return machine.platform
        }
        guard operation == 0 else { return }
        call.set(state.traceEvents, at: 32)
        call.set(0 as UInt64, at: 40)
        call.set(state.tracePages == 0 ? 0 : 4_096 as UInt32, at: 48)
    }

    // MARK: Power

    /// No driver counts how long processors sleep or how fast they run.
    private func powerStatistics(_ call: ABIStructure) throws(XenErrorNumber) {
        guard machine.withLock({ $0.pools.isOnline(call.word32(at: 12)) }) else { throw .invalidArgument }
        throw .noDevice
    }

    private func powerOperation(_ call: inout ABIStructure) throws(XenErrorNumber) {
        let (command, number, value) = (call.word32(at: 8), call.word32(at: 12), call.word32(at: 16))
        switch command {
        case 0x21:
            guard number == 0 else { throw .invalidArgument }
            let old = machine.withLock { machine in
                defer { machine.platform.savesPowerOfThreads = value != 0 ? 1 : 0 }
                return machine.platform.savesPowerOfThreads
            }
            call.set(old, at: 16)
        case 0x22, 0x23:
            guard number <= 1 else { throw .invalidArgument }
            let limit = machine.withLock { machine in
                if command == 0x23, number == 0 { machine.platform.maximumPowerState = value }
                if command == 0x23, number == 1 { machine.platform.maximumPowerSubstate = value }
                return number == 0 ? machine.platform.maximumPowerState : machine.platform.maximumPowerSubstate
            }
            if command == 0x22 { call.set(limit, at: 16) }
        default:
            guard machine.withLock({ $0.pools.isOnline(number) }) else { throw .invalidArgument }
            if command & 0xf0 == 0x10 { throw .noDevice }
            // Nothing goes faster than usual.
            throw command == 0x26 || command == 0x27 ? .notSupported : .notImplemented
        }
    }

    // MARK: Pages

    /// More are not asked about at once.
    private static let maximumPages: UInt32 = 1 << 16

    /// Pages that are to be used no more, or again. A page that a domain has is only marked, so that it goes when the domain
    /// gives it back. As in Xen all are told of, up to one that does not exist.
    private func pageOffline(_ call: ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let (command, first, last) = (call.word32(at: 8), call.word32(at: 12), call.word32(at: 16))
        guard last >= first else { throw .invalidArgument }
        try hooks.pageOffline(command, caller)
        guard last - first < Self.maximumPages else { throw .outOfMemory }
        let count = Int(last - first) + 1
        var status = ABIStructure([UInt8](repeating: 0, count: count * 4))
        for index in 0..<count { status.set(1 as UInt32, at: index * 4) }
        let (words, failure) = machine.withLock { machine -> ([UInt32], XenErrorNumber?) in
            var words: [UInt32] = []
            for page in first...last {
                guard UInt64(page) < machine.totalPages, 1...3 ~= command else { return (words, .invalidArgument) }
                words.append(machine.platform.page(page, command))
            }
            return (words, nil)
        }
        for (index, word) in words.enumerated() { status.set(word, at: index * 4) }
        try caller.memory.put(status, at: call.word64(at: 24))
        if let failure { throw failure }
    }

    // MARK: Devices

    private func tellPCITopology(_ call: inout ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let (devices, nodes) = (call.word64(at: 16), call.word64(at: 24))
        guard devices != 0, nodes != 0 else { throw .invalidArgument }
        // A part at a time, and at most what a caller can have memory for.
        for index in 0..<UInt64(min(call.word32(at: 8), 1 << 16)) {
            let entry = try caller.memory.structure(4, at: devices &+ index * 4)
            let number = UInt32(entry.word16(at: 0)) << 16 | UInt32(entry.byte(at: 2)) << 8 | UInt32(entry.byte(at: 3))
            let device = machine.withLock { $0.devices[number] }
            var answer = ABIStructure(size: 4)
            // No such device, and one whose node nobody knows.
            answer.set(device.map { $0.node ?? .max } ?? .max - 1, at: 0)
            try caller.memory.put(answer, at: nodes &+ index * 4)
        }
        call.set(min(call.word32(at: 8), 1 << 16), at: 8)
    }
}

extension PlatformState {
    /// What is said of a page after it was taken, given back, or asked about.
    fileprivate mutating func page(_ page: UInt32, _ command: UInt32) -> UInt32 {
        switch command {
        case 1:
            offlinePages.insert(page)
            return 1 << 1
        case 2: return offlinePages.remove(page) != nil ? 1 << 1 : 1 << 3
        default: return offlinePages.contains(page) ? 1 << 1 : 1 << 2
        }
    }
}
