import Flask
import Synchronization

extension Hypervisor {
    /// Whether a word of the command line turns something on: alone, or with a value that does not turn it off (Xen,
    /// xen/common/kernel.c: `parse_params`).
    func isTurnedOn(_ name: String) -> Bool {
        for word in configuration.commandLine.split(separator: " ").reversed() {
            if word == "no-\(name)" { return false }
            let parts = word.split(separator: "=", maxSplits: 1)
            guard parts.first == name[...] else { continue }
            let value = parts.dropFirst().first ?? ""
            let first = value.prefix { $0 != "," }
            return !["0", "no", "off", "false", "disable"].contains(String(first))
        }
        return false
    }

    /// The `xenpmu_op` hypercall, about the processors' counters (Xen, xen/arch/x86/cpu/vpmu.c: `do_xenpmu_op`). It exists where
    /// the command line says `vpmu`, for guests whose interrupt controllers nobody emulates; what is set is kept.
    func performanceMonitoring(_ number: UInt64, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        let isHVM = try with(caller.domain) { (state) throws(XenErrorNumber) in state.isHVM }
        guard isTurnedOn("vpmu"), !isHVM else { throw .notSupported }
        let number = UInt32(truncatingIfNeeded: number)
        try hooks.performanceMonitoring(number, caller)
        guard let command = PerformanceMonitoringCommand(rawValue: number) else { throw .invalidArgument }
        var parameters = ABIStructure(size: 24)
        switch command {
        case .setMode, .setFeatures, .initialize, .finish:
            parameters = try caller.memory.structure(24, at: address)
            guard parameters.word32(at: 0) == 0 else { throw .invalidArgument }
        default: break
        }
        let value = parameters.word64(at: 8)
        switch command {
        case .setMode:
            guard value & ~7 == 0, value.nonzeroBitCount <= 1 else { throw .invalidArgument }
            try setCounters { (machine) throws(XenErrorNumber) in
                let isExchange = machine.platform.counterMode ^ value == 3
                guard !machine.usesCounters || isExchange || machine.platform.counterMode == value else { throw .busy }
                machine.platform.counterMode = value
            }
        case .setFeatures:
            guard value & ~7 == 0 else { throw .invalidArgument }
            try setCounters { (machine) throws(XenErrorNumber) in
                guard !machine.usesCounters || machine.platform.counterFeatures == value else { throw .busy }
                machine.platform.counterFeatures = value
            }
        case .getMode:
            parameters.set(1 as UInt32, at: 4)
            parameters.set(machine.withLock { $0.platform.counterMode }, at: 8)
            try caller.memory.put(parameters, at: address)
        case .getFeatures:
            parameters.set(machine.withLock { $0.platform.counterFeatures }, at: 8)
            try caller.memory.put(8..<16, of: parameters, at: address)
        case .initialize, .finish: try useCounters(parameters.word32(at: 16), command == .initialize, caller)
        case .setInterrupt, .flush:
            let uses = try with(caller.domain) { (state) throws(XenErrorNumber) in
                state.control.processors[UInt32(clamping: caller.processor)]?.usesCounters ?? false
            }
            guard uses else { throw .invalidArgument }
        }
        return 0
    }

    private func setCounters(_ body: (inout Machine) throws(XenErrorNumber) -> Void) throws(XenErrorNumber) {
        try machine.withLock { (machine) throws(XenErrorNumber) in try body(&machine) }
    }

    private func useCounters(_ number: UInt32, _ uses: Bool, _ caller: Caller) throws(XenErrorNumber) {
        try with(caller.domain) { (state) throws(XenErrorNumber) in
            guard number < state.processors.count else {
                // Who has none has finished.
                guard uses else { return }
                throw .invalidArgument
            }
            var processor = state.control.processors[number] ?? ProcessorControlState()
            guard !uses || !processor.usesCounters else { throw .exists }
            processor.usesCounters = uses
            state.control.processors[number] = processor
        }
    }
}

extension Machine {
    /// Whether any processor's counters are in use.
    fileprivate var usesCounters: Bool {
        domains.values.contains { $0.control.processors.values.contains(where: \.usesCounters) }
    }
}
