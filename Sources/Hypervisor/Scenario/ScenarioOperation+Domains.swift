import Flask

extension ScenarioOperation {
    /// `domctl` on a domain, by its command.
    static func domctl(
        _ name: String, _ command: DomainControlCommand, _ summary: String, _ more: [Parameter] = [],
        _ body: @escaping @Sendable (ScenarioContext, inout ABIStructure) -> Void = { _, _ in }
    ) -> ScenarioOperation {
        ScenarioOperation(name, summary, [.target] + more) { context in
            context.domctl(command, context.domain()) { body(context, &$0) }
        }
    }

    static let domainLife: [ScenarioOperation] = [
        ScenarioOperation("createdomain", "creates a domain without processors and memory", [.text("label")], gives: "domain") {
            (context) throws(ScenarioContext.Failure) in
            let label = try context.label(0)
            let result = context.domctl(.createDomain, 0) { call in
                call.set(label, at: 16)
                call.set(1 as UInt32, at: 44)
                call.set(1_023 as UInt32, at: 48)
                call.set(64 as Int32, at: 52)
                call.set(64 as Int32, at: 56)
                call.set(1 as UInt32, at: 60)
            }
            return context.giving(result, { UInt64($0.word16(at: 8)) }, of: 144)
        },
        domctl("destroydomain", .destroyDomain, "ends a domain"),
        domctl("pausedomain", .pauseDomain, "stops a domain's processors"),
        domctl("unpausedomain", .unpauseDomain, "lets a domain's processors run"),
        domctl("resumedomain", .resumeDomain, "lets a domain go on that was shut down for a while"),
        ScenarioOperation("schedop_remote_shutdown", "shuts another domain down", [.target]) { context in
            var call = ABIStructure(size: 8)
            call.set(context.domain(), at: 0)
            return context.call(.scheduler, UInt64(SchedulerCommand.remoteShutdown.rawValue), call)
        },
        ScenarioOperation("set_target", "has a domain serve another one as its device model", [.target, .domain("target")]) {
            context in
            context.domctl(.setTarget, context.domain()) { $0.set(context.domain(1), at: 16) }
        },
        domctl("soft_reset", .softReset, "sets a domain back that was shut down for it"),
        ScenarioOperation("relabel", "gives a domain another label", [.target, .text("label")]) {
            (context) throws(ScenarioContext.Failure) in
            let label = try context.label(1)
            let isSelf = context.domain() == context.actor.number.rawValue
            return context.flask(.relabelDomain) { call in
                call.set(isSelf ? UInt32(DomainIdentifier.caller.rawValue) : UInt32(context.domain()), at: 8)
                call.set(label, at: 12)
            }
        },
    ]

    static let domainSettings: [ScenarioOperation] = [
        domctl("getdomaininfo", .getDomainInfo, "tells how a domain is"),
        domctl("max_mem", .maximumMemory, "sets how much memory a domain may have", [.number("kilobytes")]) {
            $1.set($0.number(1), at: 16)
        },
        domctl("setdomainhandle", .setHandle, "sets a domain's UUID"),
        domctl("settimeoffset", .setTimeOffset, "sets a domain's clock"),
        domctl("setdebugging", .setDebugging, "has a domain's breakpoints told to a debugger"),
        domctl("sendtrigger", .sendTrigger, "presses a domain's buttons"),
        domctl(
            "hypercall_init", .initializeHypercalls, "writes a domain's page of hypercalls", [.number("frame", isOptional: true)]
        ) {
            $1.set($0.number(1), at: 16)
        },
        domctl("gettscinfo", .getTimestampInfo, "tells how a domain's time-stamp counter is"),
        domctl("settscinfo", .setTimestampInfo, "sets how a domain's time-stamp counter is"),
        domctl("get_cpu_policy", .getCPUPolicy, "tells what a domain sees of its processors"),
        domctl("set_cpu_policy", .setCPUPolicy, "sets what a domain sees of its processors"),
        domctl("psr_cmt_op", .cacheMonitoring, "watches how much cache a domain uses"),
        domctl("psr_alloc", .cacheAllocation, "sets how much cache a domain may use"),
        domctl(
            "setvnumainfo", .setVirtualNUMA, "sets a domain's nodes of memory (Xen asks for `domain:getvcpuinfo`, by mistake)"),
        domctl("set_virq_handler", .setVirtualIRQHandler, "has a domain told of an interrupt of the machine's", [.number("virq")])
        {
            $1.set($0.word32(1), at: 16)
        },
        domctl("subscribe", .subscribe, "has the caller told when a domain suspends"),
        domctl(
            "shadow_op", .shadowOperation,
            "works with the log of the pages that a domain writes, and its page tables",
            [
                .choice(
                    "off|enable_logdirty|clean|peek|get_allocation|set_allocation|enable",
                    [
                        "off": 0, "enable_logdirty": 2, "clean": 11, "peek": 12, "get_allocation": 30, "set_allocation": 31,
                        "enable": 32,
                    ])
            ]
        ) { $1.set($0.word32(1), at: 16) },
        domctl("get_paging_mempool_size", .getPagingPool, "tells how much memory there is for a domain's page tables"),
        domctl("set_paging_mempool_size", .setPagingPool, "sets how much memory there is for a domain's page tables"),
        domctl("gethvmcontext", .getHVMContext, "saves a domain's hardware"),
        domctl("sethvmcontext", .setHVMContext, "restores a domain's hardware") { $1.set(ScenarioContext.buffer, at: 24) },
        domctl("set_address_size", .setAddressSize, "sets how wide a domain's addresses are", [.number("bits")]) {
            $1.set($0.word32(1), at: 16)
        },
        domctl("get_address_size", .getAddressSize, "tells how wide a domain's addresses are"),
        domctl("audit_p2m", .auditPhysmap, "looks a domain's map of memory over"),
        domctl("cacheflush", .flushCache, "writes caches back for a domain (Arm's alone, but asked for everywhere)"),
        domctl("set_access_required", .setAccessRequired, "has a domain wait where nobody listens to what its memory tells"),
        domctl("monitor_op", .monitorOperation, "chooses what is told of a domain's processors") { $1.set(2 as UInt32, at: 16) },
        domctl("vm_event_op", .eventMonitor, "begins to listen to a domain's memory, by the page of `hvm_set_param` 28") {
            $1.set(2 as UInt32, at: 20)
        },
        domctl("debug_op", .debugOperation, "has a domain's processor stop after each instruction"),
        domctl("vmtrace_op", .traceOperation, "records what a domain's processor does"),
        domctl("gdbsx_guestmemio", .debuggerMemory, "reads a domain's memory for a debugger"),
        domctl("gdbsx_pausevcpu", .debuggerPause, "stops a domain's processor for a debugger"),
        domctl("gdbsx_unpausevcpu", .debuggerUnpause, "lets a domain's processor run for a debugger"),
        domctl("gdbsx_domstatus", .debuggerStatus, "tells a debugger how a domain is"),
    ]

    private static let scheduling = Parameter.choice(
        "getinfo|putinfo|getvcpuinfo|putvcpuinfo", ["putinfo": 0, "getinfo": 1, "putvcpuinfo": 2, "getvcpuinfo": 3])

    private static let wholeMask: @Sendable (ScenarioContext, inout ABIStructure) -> Void = {
        $0.put([1])
        $1.set(1 as UInt32, at: 20)
        $1.set(ScenarioContext.buffer, at: 24)
        $1.set(4 as UInt32, at: 32)
    }

    static let processors: [ScenarioOperation] = [
        domctl("max_vcpus", .maximumProcessors, "gives a domain its processors", [.number("count")]) {
            $1.set($0.word32(1), at: 16)
        },
        domctl("getvcpuinfo", .getProcessorInfo, "tells how a processor is", [.number("vcpu", isOptional: true)]) {
            $1.set($0.word32(1), at: 16)
        },
        domctl("setvcpucontext", .setProcessorContext, "sets a processor's registers") { $1.set(ScenarioContext.buffer, at: 24) },
        domctl("getvcpucontext", .getProcessorContext, "reads a processor's registers") {
            $1.set(ScenarioContext.buffer, at: 24)
        },
        domctl("set_ext_vcpucontext", .setExtendedContext, "sets a processor's callbacks") { $1.set(64 as UInt32, at: 20) },
        domctl("get_ext_vcpucontext", .getExtendedContext, "reads a processor's callbacks"),
        domctl("setvcpuextstate", .setExtendedState, "sets a processor's extended state") {
            $1.set(16 as UInt64, at: 32)
            $1.set(ScenarioContext.buffer, at: 40)
        },
        domctl("getvcpuextstate", .getExtendedState, "reads a processor's extended state"),
        domctl("set_vcpu_msrs", .setProcessorMSRs, "sets a processor's model-specific registers"),
        domctl("get_vcpu_msrs", .getProcessorMSRs, "reads a processor's model-specific registers"),
        domctl("setvcpuaffinity", .setProcessorAffinity, "chooses where a processor runs", [], wholeMask),
        domctl("getvcpuaffinity", .getProcessorAffinity, "tells where a processor runs", [], wholeMask),
        domctl("setnodeaffinity", .setNodeAffinity, "chooses which nodes a domain's memory is from") {
            $0.put([1])
            $1.set(ScenarioContext.buffer, at: 16)
            $1.set(1 as UInt32, at: 24)
        },
        domctl("getnodeaffinity", .getNodeAffinity, "tells which nodes a domain's memory is from"),
        domctl("scheduler_op", .schedulerOperation, "works with how a domain is scheduled", [scheduling]) {
            $1.set(6 as UInt32, at: 16)
            $1.set($0.word32(1), at: 20)
        },
    ]
}
