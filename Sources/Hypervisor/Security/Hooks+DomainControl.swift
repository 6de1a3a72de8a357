import Flask

// `domctl` (Xen, xen/xsm/flask/hooks.c: `flask_domctl`, `flask_domctl_scheduler_op`, `flask_shadow_control`).

extension Hooks {
    /// May the caller have this done to a domain? Commands with a hook of their own pass, where there is Flask: other modules
    /// say here already whose they are (Xen, xen/include/xsm/dummy.h: `xsm_domctl`).
    func domainControl(_ command: DomainControlCommand, _ domain: Domain?, _ caller: Caller) throws(XenErrorNumber) {
        guard flask != nil else { return try settle(command.defaultAction, caller.domain, domain) }
        guard let permission = try permission(for: command, caller) else { return }
        // Commands without a domain have hooks of their own.
        guard let domain else { throw .noSuchDomain }
        if command == .setVirtualNUMA, !isStrict, let flask { return try askMistaken(permission, flask, domain, caller) }
        try ask(permission, caller, on: domain, default: .control)
    }

    /// Xen asks for the bit of the right permission in class `domain`, where the bit is another permission's.
    private func askMistaken(
        _ permission: HookPermission, _ flask: FlaskModule, _ domain: Domain, _ caller: Caller
    ) throws(XenErrorNumber) {
        guard let bits = flask.bits(permission), let mistaken = flask.bits(.domain__pause) else { return }
        try flask.ask(
            caller.domain.label, caller.domain.label(of: domain), mistaken.objectClass, bits.permission, caller,
            AuditSubject(source: caller.domain.number, target: domain.number, current: caller.domain.number))
    }

    private func permission(
        for command: DomainControlCommand, _ caller: Caller
    ) throws(XenErrorNumber) -> HookPermission? {
        switch command {
        // Asked about where they are done, when what they are about is known.
        case .createDomain, .getDomainInfo, .schedulerOperation, .irqPermission, .ioMemoryPermission, .memoryMapping,
            .setTarget, .eventMonitor, .bindPassthroughIRQ, .unbindPassthroughIRQ, .shadowOperation, .ioPortPermission,
            .ioPortMapping, .getDeviceGroup, .testAssignDevice, .assignDevice, .deassignDevice:
            return nil
        case .destroyDomain: return .domain__destroy
        case .pauseDomain: return .domain__pause
        case .unpauseDomain: return .domain__unpause
        case .setProcessorAffinity, .setNodeAffinity: return .domain__setaffinity
        case .getProcessorAffinity, .getNodeAffinity: return .domain__getaffinity
        case .resumeDomain: return .domain__resume
        case .maximumProcessors: return .domain__max_vcpus
        case .maximumMemory: return .domain__setdomainmaxmem
        case .setHandle: return .domain__setdomainhandle
        case .setExtendedContext, .setProcessorMSRs, .setProcessorContext, .setExtendedState: return .domain__setvcpucontext
        case .getExtendedContext, .getProcessorMSRs, .getProcessorContext, .getExtendedState: return .domain__getvcpucontext
        case .getProcessorInfo: return .domain__getvcpuinfo
        case .setTimeOffset: return .domain__settime
        case .setDebugging, .debugOperation, .traceOperation, .debuggerMemory, .debuggerPause, .debuggerUnpause,
            .debuggerStatus:
            return .domain__setdebugging
        case .getPageFrameInfo: return .mmu__pageinfo
        case .initializeHypercalls: return .domain__hypercall
        case .setHVMContext: return .hvm__sethvmc
        case .getHVMContext, .getPartialHVMContext: return .hvm__gethvmc
        case .setAddressSize: return .domain__setaddrsize
        case .getAddressSize: return .domain__getaddrsize
        case .memorySharing: return .hvm__mem_sharing
        case .sendTrigger: return .domain__trigger
        case .setAccessRequired, .monitorOperation: return .domain2__vm_event
        case .subscribe: return .domain__set_misc_info
        case .setVirtualIRQHandler: return .domain__set_virq_handler
        case .setCPUPolicy: return .domain2__set_cpu_policy
        case .getCPUPolicy: return .domain2__get_cpu_policy
        case .getTimestampInfo: return .domain2__gettsc
        case .setTimestampInfo: return .domain2__settsc
        case .auditPhysmap: return .hvm__audit_p2m
        case .flushCache: return .domain2__cacheflush
        case .setVirtualNUMA: return .domain2__set_vnumainfo
        case .cacheMonitoring: return .domain2__psr_cmt_op
        case .cacheAllocation: return .domain2__psr_alloc
        case .softReset: return .domain2__soft_reset
        case .getPagingPool: return .domain__getpagingmempool
        case .setPagingPool: return .domain__setpagingmempool
        case .softResetContinued, .realModeArea, .setOptionalFeature, .setBrokenPage, .virtualUART:
            try askUnknown("domctl", command.rawValue, caller)
            return nil
        }
    }

    /// `domctl` to schedule a domain.
    func schedule(_ domain: Domain, _ command: UInt32, _ caller: Caller) throws(XenErrorNumber) {
        switch command {
        case 0, 2: try ask(.domain2__setscheduler, caller, on: domain, default: .everybody)
        case 1, 3: try ask(.domain__getscheduler, caller, on: domain, default: .everybody)
        default:
            guard flask != nil else { return }
            try askUnknown("domctl_scheduler_op", command, caller)
        }
    }

    /// `domctl` about a domain's page tables, and which pages it has written.
    func shadowControl(_ domain: Domain, _ number: UInt32, _ caller: Caller) throws(XenErrorNumber) {
        switch ShadowOperation(rawValue: number) {
        case .off: try ask(.shadow__disable, caller, on: domain, default: .everybody)
        case .enable, .enableTest, .getAllocation, .setAllocation:
            try ask(.shadow__enable, caller, on: domain, default: .everybody)
        case .enableLogDirty, .peek, .clean: try ask(.shadow__logdirty, caller, on: domain, default: .everybody)
        case nil:
            guard flask != nil else { return }
            try askUnknown("shadow_control", number, caller)
        }
    }

    /// May somebody be told of what happens in a domain?
    func eventMonitor(_ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try ask(.domain2__vm_event, caller, on: domain, default: .control)
    }
}

extension DomainControlCommand {
    fileprivate var defaultAction: DefaultAction {
        switch self {
        case .ioPortMapping, .memoryMapping, .bindPassthroughIRQ, .unbindPassthroughIRQ: .deviceModel
        case .getDomainInfo: .xenStore
        default: .control
        }
    }
}
