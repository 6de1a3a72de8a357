import Flask
import Synchronization

@testable import Hypervisor

/// `domctl` on what a guest, number 1, is set to.
enum DomainSettingsCases {
    private static func onGuest(
        _ name: String, _ command: DomainControlCommand, _ objectClass: String, _ permission: String, isHVM: Bool = true,
        configure: @escaping @Sendable (inout Hypervisor.Configuration) -> Void = { _ in }, succeeds expected: Int64 = 0,
        prepare: @escaping @Sendable (Lab) throws -> Void = { _ in },
        _ body: @escaping @Sendable (inout ABIStructure) -> Void
    ) -> PermissionCase {
        PermissionCase(
            name: "domctl: \(name)", needs: [.init("dom0", "guest", objectClass, permission, for: "source=d0 target=d1")],
            configure: configure,
            prepare: {
                try $0.createDomain(isHVM: isHVM)
                try prepare($0)
            }, run: { $0.domctl(command, 1, body) }, succeeds: { $0 == expected })
    }

    /// One that has nothing to say but what it is.
    private static func onGuest(
        _ name: String, _ command: DomainControlCommand, _ objectClass: String, _ permission: String, isHVM: Bool = true,
        configure: (@Sendable (inout Hypervisor.Configuration) -> Void)? = nil, succeeds expected: Int64 = 0,
        prepare: (@Sendable (Lab) throws -> Void)? = nil
    ) -> PermissionCase {
        onGuest(
            name, command, objectClass, permission, isHVM: isHVM, configure: configure ?? { _ in }, succeeds: expected,
            prepare: prepare ?? { _ in }, { _ in })
    }

    static let all: [PermissionCase] = processors + memory + others

    private static let processors: [PermissionCase] = [
        onGuest("setvcpucontext", .setProcessorContext, "domain", "setvcpucontext"),
        onGuest("setvcpucontext, registers", .setProcessorContext, "domain", "setvcpucontext") { $0.set(Lab.buffer, at: 24) },
        onGuest(
            "getvcpucontext", .getProcessorContext, "domain", "getvcpucontext",
            prepare: { lab in _ = lab.domctl(.setProcessorContext, 1) { $0.set(Lab.buffer, at: 24) } },
            { $0.set(Lab.buffer, at: 24) }),
        onGuest("set_ext_vcpucontext", .setExtendedContext, "domain", "setvcpucontext") { $0.set(64 as UInt32, at: 20) },
        onGuest("get_ext_vcpucontext", .getExtendedContext, "domain", "getvcpucontext"),
        onGuest(
            "setvcpuextstate", .setExtendedState, "domain", "setvcpucontext",
            prepare: { _ = $0.memory.write([UInt8](repeating: 0, count: 16), at: Lab.buffer) },
            {
                $0.set(16 as UInt64, at: 32)
                $0.set(Lab.buffer, at: 40)
            }),
        onGuest("getvcpuextstate", .getExtendedState, "domain", "getvcpucontext"),
        onGuest("set_vcpu_msrs", .setProcessorMSRs, "domain", "setvcpucontext", isHVM: false),
        onGuest("get_vcpu_msrs", .getProcessorMSRs, "domain", "getvcpucontext", isHVM: false),
        onGuest("setvcpuaffinity", .setProcessorAffinity, "domain", "setaffinity") {
            $0.set(1 as UInt32, at: 20)
            $0.set(Lab.buffer, at: 24)
            $0.set(4 as UInt32, at: 32)
        },
        onGuest("getvcpuaffinity", .getProcessorAffinity, "domain", "getaffinity") {
            $0.set(1 as UInt32, at: 20)
            $0.set(Lab.buffer, at: 24)
            $0.set(4 as UInt32, at: 32)
        },
        onGuest(
            "setnodeaffinity", .setNodeAffinity, "domain", "setaffinity",
            prepare: { _ = $0.memory.write([1], at: Lab.buffer) },
            {
                $0.set(Lab.buffer, at: 16)
                $0.set(1 as UInt32, at: 24)
            }),
        onGuest("getnodeaffinity", .getNodeAffinity, "domain", "getaffinity"),
        onGuest("scheduler_op: getinfo", .schedulerOperation, "domain", "getscheduler") {
            $0.set(6 as UInt32, at: 16)
            $0.set(1 as UInt32, at: 20)
        },
        onGuest("scheduler_op: getvcpuinfo", .schedulerOperation, "domain", "getscheduler", succeeds: -22) {
            $0.set(6 as UInt32, at: 16)
            $0.set(3 as UInt32, at: 20)
        },
        onGuest("scheduler_op: putinfo", .schedulerOperation, "domain2", "setscheduler") { $0.set(6 as UInt32, at: 16) },
        onGuest("scheduler_op: putvcpuinfo", .schedulerOperation, "domain2", "setscheduler", succeeds: -22) {
            $0.set(6 as UInt32, at: 16)
            $0.set(2 as UInt32, at: 20)
        },
        onGuest("sendtrigger", .sendTrigger, "domain", "trigger"),
        onGuest("gettscinfo", .getTimestampInfo, "domain2", "gettsc"),
        onGuest("settscinfo", .setTimestampInfo, "domain2", "settsc"),
        onGuest("get_cpu_policy", .getCPUPolicy, "domain2", "get_cpu_policy"),
        onGuest(
            "set_cpu_policy", .setCPUPolicy, "domain2", "set_cpu_policy",
            prepare: { lab in
                lab.hypervisor.machine.withLock { $0.domains[1]?.control.hasRun = false }
            }),
        onGuest("psr_cmt_op", .cacheMonitoring, "domain2", "psr_cmt_op", succeeds: -19),
        onGuest("psr_alloc", .cacheAllocation, "domain2", "psr_alloc", succeeds: -19),
        // Xen asks for another permission than it means to: one of the same bit in another class.
        onGuest("setvnumainfo", .setVirtualNUMA, "domain", "getvcpuinfo", succeeds: -22),
        onGuest(
            "setvnumainfo, strictly", .setVirtualNUMA, "domain2", "set_vnumainfo", configure: { $0.isStrict = true },
            succeeds: -22),
    ]

    private static let memory: [PermissionCase] = [
        onGuest("shadow_op: off", .shadowOperation, "shadow", "disable"),
        onGuest("shadow_op: get_allocation", .shadowOperation, "shadow", "enable") { $0.set(30 as UInt32, at: 16) },
        onGuest("shadow_op: set_allocation", .shadowOperation, "shadow", "enable") { $0.set(31 as UInt32, at: 16) },
        onGuest("shadow_op: enable, logging", .shadowOperation, "shadow", "enable") {
            $0.set(32 as UInt32, at: 16)
            $0.set(2 as UInt32, at: 20)
        },
        onGuest("shadow_op: enable_logdirty", .shadowOperation, "shadow", "logdirty") { $0.set(2 as UInt32, at: 16) },
        onGuest("shadow_op: clean", .shadowOperation, "shadow", "logdirty") { $0.set(11 as UInt32, at: 16) },
        onGuest("shadow_op: peek", .shadowOperation, "shadow", "logdirty") { $0.set(12 as UInt32, at: 16) },
        onGuest("get_paging_mempool_size", .getPagingPool, "domain", "getpagingmempool"),
        onGuest("set_paging_mempool_size", .setPagingPool, "domain", "setpagingmempool"),
        onGuest("hypercall_init", .initializeHypercalls, "domain", "hypercall"),
        onGuest("set_address_size", .setAddressSize, "domain", "setaddrsize", isHVM: false) { $0.set(32 as UInt32, at: 16) },
        onGuest("get_address_size", .getAddressSize, "domain", "getaddrsize", isHVM: false),
        onGuest("gethvmcontext", .getHVMContext, "hvm", "gethvmc"),
        onGuest("gethvmcontext_partial", .getPartialHVMContext, "hvm", "gethvmc", succeeds: -2) { $0.set(2 as UInt32, at: 16) },
        onGuest("sethvmcontext", .setHVMContext, "hvm", "sethvmc", succeeds: -1) { $0.set(Lab.buffer, at: 24) },
        onGuest("mem_sharing_op", .memorySharing, "hvm", "mem_sharing"),
        onGuest("audit_p2m", .auditPhysmap, "hvm", "audit_p2m"),
        // Arm's alone, but asked for everywhere.
        onGuest("cacheflush", .flushCache, "domain2", "cacheflush", succeeds: -38),
    ]

    private static let others: [PermissionCase] = [
        onGuest("subscribe", .subscribe, "domain", "set_misc_info"),
        onGuest("set_virq_handler", .setVirtualIRQHandler, "domain", "set_virq_handler") { $0.set(3 as UInt32, at: 16) },
        onGuest("set_access_required", .setAccessRequired, "domain2", "vm_event"),
        onGuest("monitor_op", .monitorOperation, "domain2", "vm_event") { $0.set(2 as UInt32, at: 16) },
        onGuest(
            "vm_event_op: disable", .eventMonitor, "domain2", "vm_event",
            prepare: {
                _ = try? $0.givePages(1)
                _ = try? $0.monitor(1, frame: 3)
            }
        ) {
            $0.set(1 as UInt32, at: 16)
            $0.set(2 as UInt32, at: 20)
        },
        PermissionCase(
            name: "domctl: vm_event_op: enable",
            needs: [
                .init("dom0", "guest", "domain2", "vm_event", for: "source=d0 target=d1"),
                .init("dom0", "channel", "event", "create", for: "current=d0", isObject: true),
                .init("channel", "dom0", "event", "bind", for: "current=d0", isObjectSource: true),
            ],
            prepare: {
                try $0.createDomain()
                try $0.givePages(1)
                _ = $0.hvmParameter(.setParameter, 1, HVMParameter.monitorRingFrame.rawValue, 3)
            }, run: { $0.domctl(.eventMonitor, 1) { $0.set(2 as UInt32, at: 20) } }),
        onGuest("debug_op", .debugOperation, "domain", "setdebugging"),
        onGuest("vmtrace_op", .traceOperation, "domain", "setdebugging", succeeds: -22),
        onGuest("gdbsx_guestmemio", .debuggerMemory, "domain", "setdebugging"),
        onGuest(
            "gdbsx_pausevcpu", .debuggerPause, "domain", "setdebugging", prepare: { _ = $0.domctl(.pauseDomain, 1) }),
        onGuest(
            "gdbsx_unpausevcpu", .debuggerUnpause, "domain", "setdebugging",
            prepare: {
                _ = $0.domctl(.pauseDomain, 1)
                _ = $0.domctl(.debuggerPause, 1)
            }),
        onGuest("gdbsx_domstatus", .debuggerStatus, "domain", "setdebugging"),
        onGuest(
            "soft_reset", .softReset, "domain2", "soft_reset",
            prepare: { lab in
                _ = lab.domctl(.pauseDomain, 1)
                lab.change(1) { $0.shutdownCode = 5 }
            }),
    ]
}
