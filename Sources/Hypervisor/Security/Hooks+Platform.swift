import Flask

// Hypercalls about the whole machine beside `sysctl` (Xen, xen/xsm/flask/hooks.c: `flask_platform_op`, `flask_apic`,
// `flask_kexec`, `flask_hypfs_op`, `flask_do_mca`, `flask_pmu_op`).

extension Hooks {
    func platform(_ number: UInt32, _ caller: Caller) throws(XenErrorNumber) {
        // Without Flask all of them are the control domain's, before anything else.
        guard flask != nil else { return try settle(.control, caller.domain, nil) }
        guard let command = PlatformCommand(rawValue: number) else { return try askUnknown("platform_op", number, caller) }
        guard let permission = permission(for: command) else { return }
        try ask(permission, caller)
    }

    private func permission(for command: PlatformCommand) -> HookPermission? {
        switch command {
        case .processorOnline, .processorOffline, .addProcessor, .addMemory: nil
        case .setTime32, .setTime64: .xen__settime
        case .addMemoryType: .xen__mtrr_add
        case .removeMemoryType: .xen__mtrr_del
        case .readMemoryType: .xen__mtrr_read
        case .updateMicrocode: .xen__microcode
        case .quirk: .xen__quirk
        case .firmwareInfo, .firmwareCall: .xen__firmware
        case .enterSleep: .xen__sleep
        case .changeFrequency: .xen__frequency
        case .getIdleTime: .xen__getidle
        case .setPowerInfo, .coreParking: .xen__pm_op
        case .processorVersion, .processorInfo: .xen__getcpuinfo
        case .resourceAccess: .xen2__resource_op
        case .getSymbol: .xen2__get_symbol
        }
    }

    /// May the caller read or write the interrupt controllers' registers?
    func interruptController(writes: Bool, _ caller: Caller) throws(XenErrorNumber) {
        try ask(writes ? .xen__writeapic : .xen__readapic, caller)
    }

    func kexec(_ caller: Caller) throws(XenErrorNumber) { try ask(.xen__kexec, caller) }
    func hypervisorFilesystem(_ caller: Caller) throws(XenErrorNumber) { try ask(.xen__hypfs_op, caller) }
    func machineCheck(_ caller: Caller) throws(XenErrorNumber) { try ask(.xen__mca_op, caller) }

    /// May the caller set counters of the processors up for all, or use its own? Throws `EPERM` for what is not known.
    func performanceMonitoring(_ number: UInt32, _ caller: Caller) throws(XenErrorNumber) {
        switch PerformanceMonitoringCommand(rawValue: number) {
        case .setMode, .getMode, .setFeatures, .getFeatures: try ask(.xen2__pmu_ctrl, caller)
        case .initialize, .finish, .setInterrupt, .flush: try ask(.xen2__pmu_use, caller, default: .everybody)
        case nil:
            guard flask == nil else { throw .operationNotPermitted }
            try settle(.control, caller.domain, nil)
        }
    }

    /// May the caller profile all domains, or itself?
    func profile(_ number: UInt32, _ caller: Caller) throws(XenErrorNumber) {
        switch number {
        case 0, 8, 11, 14: try ask(.xen__nonprivprofile, caller, default: .everybody)
        case 1...7, 9, 10, 12, 13: try ask(.xen__privprofile, caller, default: .everybody)
        default:
            guard flask != nil else { return }
            try askUnknown("xenoprof op", number, caller)
        }
    }
}
