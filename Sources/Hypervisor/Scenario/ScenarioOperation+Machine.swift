import Flask

extension ScenarioOperation {
    /// `sysctl`, by its command.
    private static func sysctl(
        _ name: String, _ command: SystemControlCommand, _ summary: String, _ more: [Parameter] = [],
        _ body: @escaping @Sendable (ScenarioContext, inout ABIStructure) -> Void = { _, _ in }
    ) -> ScenarioOperation {
        ScenarioOperation(name, summary, more) { context in context.sysctl(command) { body(context, &$0) } }
    }

    static let systemControl: [ScenarioOperation] = [
        sysctl(
            "readconsole", .readConsole, "reads the hypervisor's log, and by choice clears it",
            [.number("clear", isOptional: true)]
        ) {
            $1.set(UInt8($0.number(0) == 0 ? 0 : 1), at: 8)
            $1.set(ScenarioContext.buffer, at: 16)
            $1.set(256 as UInt32, at: 24)
        },
        sysctl("physinfo", .physicalInfo, "tells how the machine is"),
        sysctl("cputopoinfo", .cpuTopology, "tells how processors are connected"),
        sysctl("numainfo", .numaInfo, "tells which nodes of memory there are"),
        sysctl("pcitopoinfo", .pciTopology, "tells which node a PCI device is at") {
            $1.set(ScenarioContext.buffer, at: 16)
            $1.set(ScenarioContext.buffer, at: 24)
        },
        sysctl("sched_id", .schedulerID, "tells which scheduler there is"),
        sysctl("getcpuinfo", .cpuInfo, "tells how long processors were idle") { $1.set(ScenarioContext.buffer, at: 16) },
        sysctl("availheap", .availableHeap, "tells how much memory is free"),
        sysctl("debug_keys", .debugKeys, "has the hypervisor print what it knows", [.text("keys")]) {
            $0.put($0.text(0))
            $1.set(ScenarioContext.buffer, at: 8)
            $1.set(UInt32($0.text(0).count), at: 16)
        },
        sysctl("getdomaininfolist", .domainInfoList, "tells how all domains are that the actor may know of") {
            $1.set(64 as UInt32, at: 12)
            $1.set(ScenarioContext.buffer, at: 16)
        },
    ]

    static let machineControl: [ScenarioOperation] = [
        sysctl("tbuf_op", .traceBuffers, "works with the hypervisor's traces"),
        sysctl("perfc_op", .performanceCounters, "works with the hypervisor's counters"),
        sysctl("lockprof_op", .lockProfile, "works with what is known of the hypervisor's locks"),
        sysctl("get_pmstat", .powerStatistics, "tells how processors save power"),
        sysctl("pm_op", .powerOperation, "sets how processors save power") { $1.set(0x22 as UInt32, at: 8) },
        sysctl("cpupool_op", .cpuPoolOperation, "works with pools of processors") { $1.set(3 as UInt32, at: 8) },
        sysctl(
            "sysctl_scheduler_op", .schedulerOperation, "works with how the scheduler is set",
            [.choice("getinfo|putinfo", ["putinfo": 0, "getinfo": 1])]
        ) {
            $1.set(6 as UInt32, at: 12)
            $1.set($0.word32(0), at: 16)
        },
        sysctl("sysctl_get_cpu_policy", .cpuPolicy, "tells what domains may see of processors"),
        sysctl("get_cpu_levelling_caps", .cpuLevelling, "tells what can be hidden of processors"),
        sysctl("get_cpu_featureset", .cpuFeatures, "tells what processors can do"),
        sysctl("sysctl_psr_cmt_op", .cacheMonitoring, "tells how use of the cache can be watched"),
        sysctl("sysctl_psr_alloc", .cacheAllocation, "tells how the cache can be divided"),
        sysctl("livepatch_op", .livePatch, "works with patches of the hypervisor") { $1.set(2 as UInt32, at: 8) },
        sysctl("coverage_op", .coverage, "tells which code of the hypervisor has run"),
        sysctl(
            "cpu_hotplug", .cpuHotplug, "switches a processor on or off",
            [.choice("online|offline", ["online": 0, "offline": 1])]
        ) {
            $1.set(3 as UInt32, at: 8)
            $1.set($0.word32(0), at: 12)
        },
        sysctl(
            "page_offline_op", .pageOffline, "takes a broken page of memory out of use",
            [.choice("offline|online|query", ["offline": 1, "online": 2, "query": 3])]
        ) {
            $1.set($0.word32(0), at: 8)
            $1.set(ScenarioContext.buffer, at: 24)
        },
    ]

    /// `platform_op`, by its command.
    private static func platform(
        _ name: String, _ command: PlatformCommand, _ summary: String,
        _ body: @escaping @Sendable (ScenarioContext, inout ABIStructure) -> Void = { _, _ in }
    ) -> ScenarioOperation {
        ScenarioOperation(name, summary) { context in context.platform(command) { body(context, &$0) } }
    }

    private static let memoryType: @Sendable (ScenarioContext, inout ABIStructure) -> Void = {
        $1.set(0xe0000 as UInt64, at: 8)
        $1.set(256 as UInt64, at: 16)
        $1.set(1 as UInt32, at: 24)
    }

    private static let onProcessor: @Sendable (ScenarioContext, inout ABIStructure) -> Void = { $1.set(1 as UInt32, at: 8) }

    static let platform: [ScenarioOperation] = [
        platform("settime", .setTime64, "sets the machine's clock"),
        platform("add_memtype", .addMemoryType, "sets how memory is cached", memoryType),
        platform("del_memtype", .removeMemoryType, "ends that"),
        platform("read_memtype", .readMemoryType, "tells how memory is cached"),
        platform("microcode_update", .updateMicrocode, "gives processors another microcode") {
            $1.set(ScenarioContext.buffer, at: 8)
        },
        platform("platform_quirk", .quirk, "says what is wrong with the machine") { $1.set(3 as UInt32, at: 8) },
        platform("firmware_info", .firmwareInfo, "tells what firmware said") { $1.set(5 as UInt32, at: 8) },
        platform("efi_runtime_call", .firmwareCall, "calls firmware"),
        platform("enter_acpi_sleep", .enterSleep, "has the machine sleep") { $1.set(3 as UInt32, at: 12) },
        platform("change_freq", .changeFrequency, "sets how fast processors run"),
        platform("getidletime", .getIdleTime, "tells how long processors were idle"),
        platform("set_processor_pminfo", .setPowerInfo, "says how processors can save power"),
        platform("core_parking", .coreParking, "has processors rest") { $1.set(2 as UInt32, at: 8) },
        platform("get_cpu_version", .processorVersion, "tells what a processor is"),
        platform("get_cpuinfo", .processorInfo, "tells how a processor is"),
        platform("resource_op", .resourceAccess, "reads registers of the machine"),
        platform("get_symbol", .getSymbol, "tells a symbol of the hypervisor's") { $1.set(ScenarioContext.buffer, at: 16) },
        platform("cpu_online", .processorOnline, "switches a processor on", onProcessor),
        platform("cpu_offline", .processorOffline, "switches a processor off", onProcessor),
        platform("cpu_hotadd", .addProcessor, "tells of a processor that was put in"),
        platform("mem_hotadd", .addMemory, "tells of memory that was put in") {
            $1.set(1 << 20 as UInt64, at: 8)
            $1.set(2 << 20 as UInt64, at: 16)
        },
        ScenarioOperation("kexec_op", "tells whether another kernel is ready") { context in
            context.put([0], at: ScenarioContext.structure)
            return context.call(.kexec, [KexecCommand.status.rawValue, ScenarioContext.structure])
        },
        ScenarioOperation("hypfs_op", "reads what the hypervisor has as files: `/params`", [.text("path")]) { context in
            context.put(context.text(0) + [0], at: ScenarioContext.structure)
            let size = UInt64(context.text(0).count) + 1
            return context.call(.hypervisorFilesystem, [1, ScenarioContext.structure, size, ScenarioContext.buffer, 4_096])
        },
        ScenarioOperation("mca", "tells of broken hardware") { context in
            var call = ABIStructure(size: 152)
            call.set(3 as UInt32, at: 0)
            call.set(0x01ec_c003 as UInt32, at: 4)
            return context.call(.machineCheck, call)
        },
        ScenarioOperation("xenoprof_init", "begins to look where time goes") {
            $0.call(.profiling, [0, ScenarioContext.buffer])
        },
        ScenarioOperation("xenoprof_reset_active_list", "chooses whose time is looked at") {
            $0.call(.profiling, [1, ScenarioContext.buffer])
        },
        ScenarioOperation(
            "xenpmu_op",
            "works with processors' counters (with `--command-line vpmu`)",
            [
                .choice(
                    "mode_get|mode_set|feature_get|feature_set|init|finish|lvtpc_set|flush",
                    [
                        "mode_get": 0, "mode_set": 1, "feature_get": 2, "feature_set": 3, "init": 4, "finish": 5, "lvtpc_set": 6,
                        "flush": 7,
                    ])
            ]
        ) { context in
            context.put([UInt8](repeating: 0, count: 24), at: ScenarioContext.structure)
            return context.call(.performanceMonitoring, [context.number(0), ScenarioContext.structure])
        },
    ]

    private static let versions: [String: VersionCommand] = [
        "version": .version, "extraversion": .extraVersion, "compile_info": .compileInfo, "capabilities": .capabilities,
        "changeset": .changeset, "pagesize": .pageSize, "guest_handle": .guestHandle, "commandline": .commandLine,
        "build_id": .buildID,
    ]

    static let versionAndConsole: [ScenarioOperation] = [
        ScenarioOperation(
            "version",
            "tells what the hypervisor is",
            [
                .choice(
                    "version|extraversion|compile_info|capabilities|changeset|pagesize|guest_handle|commandline|build_id",
                    versions.mapValues { UInt64($0.rawValue) })
            ]
        ) { $0.call(.version, [$0.number(0), ScenarioContext.buffer]) },
        ScenarioOperation("writeconsole", "prints to the hypervisor's console", [.text("text")]) { context in
            context.put(context.text(0))
            return context.call(.console, [0, UInt64(context.text(0).count), ScenarioContext.buffer])
        },
        ScenarioOperation("console_read", "reads what was typed at the hypervisor's console") {
            $0.call(.console, [1, 16, ScenarioContext.buffer])
        },
    ]
}
