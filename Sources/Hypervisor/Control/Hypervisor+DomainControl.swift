import Flask

extension Hypervisor {
    /// The only version of the structure that Debian's 4.17 clients speak (`XEN_DOMCTL_INTERFACE_VERSION`).
    static let domainControlVersion: UInt32 = 0x15
    /// No domain has this number, and it stands for none (`DOMID_INVALID`).
    static let noDomain: UInt16 = 0x7ff4

    /// The `domctl` hypercall: one domain is controlled by another (Xen, xen/common/domctl.c: `do_domctl`).
    func domainControl(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        let call = try caller.memory.structure(144, at: address)
        guard call.word32(at: 4) == Self.domainControlVersion else { throw .permissionDenied }
        let number = call.word16(at: 8)
        guard let command = DomainControlCommand(rawValue: call.word32(at: 0)) else {
            guard domain(number) != nil else { throw .noSuchDomain }
            try hooks.askUnknown("domctl", call.word32(at: 0), caller)
            throw .notImplemented
        }
        if command == .getDomainInfo { return try getDomainInfo(number, call, at: address, caller) }
        let domain = try controlledDomain(number, command)
        try hooks.domainControl(command, domain, caller)
        switch command {
        case .createDomain: return try createDomain(call, at: address, caller)
        case .testAssignDevice, .assignDevice: try assignDevice(domain, command, call, caller)
        case .eventMonitor: try eventMonitor(domain, call, at: address, caller)
        default:
            guard let domain else { throw .noSuchDomain }
            return try control(domain, command, call, at: address, caller)
        }
        return 0
    }

    /// The domain that a command is about, where it needs one. Throws `ESRCH`.
    private func controlledDomain(_ number: UInt16, _ command: DomainControlCommand) throws(XenErrorNumber) -> Domain? {
        switch command {
        case .createDomain: return nil
        case .assignDevice, .deassignDevice:
            if number == DomainIdentifier.io.rawValue { return domio }
        case .testAssignDevice, .eventMonitor:
            if number == Self.noDomain { return nil }
        default: break
        }
        guard let domain = domain(number) else { throw .noSuchDomain }
        return domain
    }

    private func control(
        _ domain: Domain, _ command: DomainControlCommand, _ call: ABIStructure, at address: UInt64, _ caller: Caller
    ) throws(XenErrorNumber) -> Int64 {
        switch command {
        case .destroyDomain: try destroy(domain, caller)
        case .pauseDomain: try pause(domain, caller)
        case .unpauseDomain: try unpause(domain)
        case .resumeDomain: try resume(domain, caller)
        case .setTarget: try setTarget(domain, call.word16(at: 16), caller)
        case .maximumProcessors: try setMaximumProcessors(domain, call.word32(at: 16), caller)
        case .maximumMemory: try setMaximumMemory(domain, kilobytes: call.word64(at: 16))
        case .setHandle:
            try with(domain) { (state) throws(XenErrorNumber) in state.handle = Array(call.bytes[16..<32]) }
        case .setDebugging:
            guard domain !== caller.domain else { throw .invalidArgument }
            try with(domain) { (state) throws(XenErrorNumber) in state.isDebugged = call.byte(at: 16) != 0 }
        case .setTimeOffset:
            try with(domain) { (state) throws(XenErrorNumber) in state.timeOffset = Int64(bitPattern: call.word64(at: 16)) }
        case .getProcessorInfo: try getProcessorInfo(domain, call, at: address, caller)
        case .getPageFrameInfo: try getPageFrameInfo(domain, call, caller)
        case .softReset: try softReset(domain, caller)
        default: return try controlProcessors(domain, command, call, at: address, caller)
        }
        return 0
    }

    private func controlProcessors(
        _ domain: Domain, _ command: DomainControlCommand, _ call: ABIStructure, at address: UInt64, _ caller: Caller
    ) throws(XenErrorNumber) -> Int64 {
        switch command {
        case .setProcessorContext: try setProcessorContext(domain, call, caller)
        case .getProcessorContext: try getProcessorContext(domain, call, at: address, caller)
        case .setExtendedContext: try setExtendedContext(domain, call, caller)
        case .getExtendedContext: try getExtendedContext(domain, call, at: address, caller)
        case .setExtendedState: try setExtendedState(domain, call, caller)
        case .getExtendedState: try getExtendedState(domain, call, at: address, caller)
        case .setProcessorMSRs: try setProcessorRegisters(domain, call, at: address, caller)
        case .getProcessorMSRs: try getProcessorRegisters(domain, call, at: address, caller)
        case .setProcessorAffinity, .getProcessorAffinity: try processorAffinity(domain, command, call, caller)
        case .setNodeAffinity: try setNodeAffinity(domain, call, caller)
        case .getNodeAffinity: try getNodeAffinity(domain, call, caller)
        case .schedulerOperation: try schedule(domain, call, at: address, caller)
        case .setVirtualNUMA: try setVirtualNUMA(domain, call, caller)
        case .getCPUPolicy: try getCPUPolicy(domain, call, at: address, caller)
        case .setCPUPolicy: try setCPUPolicy(domain, call, at: address, caller)
        case .getTimestampInfo: try getClock(domain, call, at: address, caller)
        case .setTimestampInfo: try setClock(domain, call, caller)
        case .sendTrigger: try sendTrigger(domain, call)
        case .cacheMonitoring: throw .noDevice
        case .cacheAllocation: throw call.word32(at: 16) <= 9 ? .noDevice : .notSupported
        default: return try controlResources(domain, command, call, at: address, caller)
        }
        return 0
    }

    private func controlResources(
        _ domain: Domain, _ command: DomainControlCommand, _ call: ABIStructure, at address: UInt64, _ caller: Caller
    ) throws(XenErrorNumber) -> Int64 {
        switch command {
        case .irqPermission: try interruptPermission(domain, call, caller)
        case .ioMemoryPermission: try memoryPermission(domain, call, caller)
        case .ioPortPermission: try portPermission(domain, call, caller)
        case .memoryMapping: try mapDeviceMemory(domain, call, caller)
        case .ioPortMapping: try mapPorts(domain, call, caller)
        case .getDeviceGroup: try getDeviceGroup(domain, call, at: address, caller)
        case .deassignDevice: try deassignDevice(domain, call, caller)
        case .bindPassthroughIRQ: try bindPassthroughInterrupt(domain, call, caller)
        case .unbindPassthroughIRQ: try unbindPassthroughInterrupt(domain, call, caller)
        case .setVirtualIRQHandler: try setVirtualInterruptHandler(domain, call.word32(at: 16))
        case .shadowOperation: try shadowControl(domain, call, at: address, caller)
        case .getPagingPool: try getPagingPool(domain, call, at: address, caller)
        case .setPagingPool: try setPagingPool(domain, bytes: call.word64(at: 16))
        case .initializeHypercalls: try initializeHypercalls(domain, frame: call.word64(at: 16))
        // Nobody is told when a domain suspends: none is saved here.
        case .subscribe: try with(domain) { (_) throws(XenErrorNumber) in }
        case .getAddressSize, .setAddressSize: try addressSize(domain, command, call, at: address, caller)
        default: return try observe(domain, command, call, at: address, caller)
        }
        return 0
    }

    private func observe(
        _ domain: Domain, _ command: DomainControlCommand, _ call: ABIStructure, at address: UInt64, _ caller: Caller
    ) throws(XenErrorNumber) -> Int64 {
        switch command {
        case .getHVMContext: try getHardwareContext(domain, call, at: address, caller)
        case .setHVMContext: try setHardwareContext(domain, call, caller)
        case .getPartialHVMContext: try getHardwareRecord(domain, call, at: address, caller)
        case .setAccessRequired:
            guard domain !== caller.domain else { throw .operationNotPermitted }
            // No access waits for a listener.
            try with(domain) { (_) throws(XenErrorNumber) in }
        case .monitorOperation: try monitor(domain, call, at: address, caller)
        case .memorySharing: try shareMemory(domain, call)
        case .auditPhysmap: try auditPhysmap(domain, call, at: address, caller)
        case .debugOperation: try debug(domain, call, caller)
        case .debuggerMemory: try debuggerMemory(domain, call, at: address, caller)
        case .debuggerPause: try debuggerPause(domain, call.word32(at: 16), pauses: true, caller)
        case .debuggerUnpause: try debuggerPause(domain, call.word32(at: 16), pauses: false, caller)
        case .debuggerStatus: try debuggerStatus(domain, call, at: address, caller)
        case .traceOperation: try trace(domain, call, caller)
        case .setBrokenPage: try setBrokenPage(domain)
        default: throw .notImplemented
        }
        return 0
    }
}
