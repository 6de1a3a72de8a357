import Flask

// `sysctl` (Xen, xen/xsm/flask/hooks.c: `flask_sysctl`, `flask_readconsole`, `flask_sysctl_scheduler_op`).

extension Hooks {
    /// May the caller have this of the whole machine? Commands with a hook of their own pass.
    func systemControl(_ command: SystemControlCommand, _ caller: Caller) throws(XenErrorNumber) {
        // Without Flask all of them are the control domain's, before anything else.
        guard flask != nil else { return try settle(.control, caller.domain, nil) }
        guard let permission = permission(for: command) else { return }
        try ask(permission, caller)
    }

    private func permission(for command: SystemControlCommand) -> HookPermission? {
        switch command {
        case .readConsole, .domainInfoList, .pageOffline, .schedulerOperation, .cpuHotplug: nil
        case .traceBuffers: .xen__tbufcontrol
        case .schedulerID: .xen__getscheduler
        case .performanceCounters: .xen__perfcontrol
        case .debugKeys: .xen__debug
        case .cpuInfo: .xen__getcpuinfo
        case .availableHeap: .xen__heap
        case .powerStatistics, .powerOperation: .xen__pm_op
        case .lockProfile: .xen__lockprof
        case .cpuPoolOperation: .xen__cpupool_op
        case .physicalInfo, .cpuTopology, .numaInfo, .pciTopology, .cpuPolicy: .xen__physinfo
        case .cacheMonitoring: .xen2__psr_cmt_op
        case .cacheAllocation: .xen2__psr_alloc
        case .cpuLevelling: .xen2__get_cpu_levelling_caps
        case .cpuFeatures: .xen2__get_cpu_featureset
        case .livePatch: .xen2__livepatch_op
        case .coverage: .xen2__coverage_op
        }
    }

    func readConsole(clears: Bool, _ caller: Caller) throws(XenErrorNumber) {
        if clears {
            try askBoth(.xen__readconsole, .xen__clearconsole, caller, default: .everybody)
        } else {
            try ask(.xen__readconsole, caller, default: .everybody)
        }
    }

    /// `sysctl` to schedule all domains of a pool.
    func schedulePool(_ command: UInt32, _ caller: Caller) throws(XenErrorNumber) {
        switch command {
        case 0: try ask(.xen__setscheduler, caller, default: .everybody)
        case 1: try ask(.xen__getscheduler, caller, default: .everybody)
        default:
            guard flask != nil else { return }
            try askUnknown("sysctl_scheduler_op", command, caller)
        }
    }
}
