import Flask

@testable import Hypervisor

/// `platform_op` and other hypercalls about the whole machine, by dom0.
enum PlatformCases {
    private static func onXen(
        _ name: String, _ permission: String, _ objectClass: String = "xen", error: Int64 = -13, succeeds expected: Int64 = 0,
        configure: @escaping @Sendable (inout Hypervisor.Configuration) -> Void = { _ in },
        prepare: @escaping @Sendable (Lab) throws -> Void = { _ in }, run: @escaping @Sendable (Lab) throws -> Int64
    ) -> PermissionCase {
        PermissionCase(
            name: name, needs: [.init("dom0", "xen", objectClass, permission, for: "current=d0", error: error)],
            configure: configure, prepare: prepare, run: run, succeeds: { $0 == expected })
    }

    private static func platform(
        _ name: String, _ command: PlatformCommand, _ permission: String, _ objectClass: String = "xen",
        succeeds expected: Int64 = 0, prepare: @escaping @Sendable (Lab) throws -> Void = { _ in },
        _ body: @escaping @Sendable (inout ABIStructure) -> Void
    ) -> PermissionCase {
        onXen("platform_op: \(name)", permission, objectClass, succeeds: expected, prepare: prepare) {
            $0.platform(command, body)
        }
    }

    private static func platform(
        _ name: String, _ command: PlatformCommand, _ permission: String, _ objectClass: String = "xen",
        succeeds expected: Int64 = 0, prepare: (@Sendable (Lab) throws -> Void)? = nil
    ) -> PermissionCase {
        platform(name, command, permission, objectClass, succeeds: expected, prepare: prepare ?? { _ in }, { _ in })
    }

    private static func hardware(
        _ name: String, _ command: PlatformCommand, _ permission: String, succeeds expected: Int64 = 0,
        _ body: @escaping @Sendable (inout ABIStructure) -> Void
    ) -> PermissionCase {
        PermissionCase(
            name: "platform_op: \(name)", needs: [.init("dom0", "domxen", "resource", permission, for: "current=d0")],
            run: { $0.platform(command, body) }, succeeds: { $0 == expected })
    }

    private static let range: @Sendable (inout ABIStructure) -> Void = {
        $0.set(0xe0000 as UInt64, at: 8)
        $0.set(256 as UInt64, at: 16)
        $0.set(1 as UInt32, at: 24)
    }

    static let all: [PermissionCase] = operations + others

    private static let operations: [PermissionCase] = [
        platform("settime32", .setTime32, "settime"),
        platform("settime64", .setTime64, "settime"),
        platform("add_memtype", .addMemoryType, "mtrr_add", prepare: { _ in }, range),
        platform("del_memtype", .removeMemoryType, "mtrr_del", prepare: { _ = $0.platform(.addMemoryType, range) }),
        platform("read_memtype", .readMemoryType, "mtrr_read"),
        platform("microcode_update", .updateMicrocode, "microcode", succeeds: -22) { $0.set(Lab.buffer, at: 8) },
        platform("platform_quirk", .quirk, "quirk") { $0.set(3 as UInt32, at: 8) },
        platform("firmware_info", .firmwareInfo, "firmware") { $0.set(5 as UInt32, at: 8) },
        platform("efi_runtime_call", .firmwareCall, "firmware", succeeds: -38),
        platform("enter_acpi_sleep", .enterSleep, "sleep") { $0.set(3 as UInt32, at: 12) },
        platform("change_freq", .changeFrequency, "frequency", succeeds: -38),
        platform("getidletime", .getIdleTime, "getidle", succeeds: -38),
        platform("set_processor_pminfo", .setPowerInfo, "pm_op"),
        platform("core_parking", .coreParking, "pm_op") { $0.set(2 as UInt32, at: 8) },
        platform("get_cpu_version", .processorVersion, "getcpuinfo"),
        platform("get_cpuinfo", .processorInfo, "getcpuinfo"),
        platform("resource_op", .resourceAccess, "resource_op", "xen2"),
        platform("get_symbol", .getSymbol, "get_symbol", "xen2") { $0.set(Lab.buffer, at: 16) },
        hardware("cpu_online", .processorOnline, "plug") { $0.set(1 as UInt32, at: 8) },
        hardware("cpu_offline", .processorOffline, "unplug") { $0.set(1 as UInt32, at: 8) },
        hardware("cpu_hotadd", .addProcessor, "plug", succeeds: -22) { _ in },
        hardware("mem_hotadd", .addMemory, "plug") {
            $0.set(1 << 20 as UInt64, at: 8)
            $0.set(2 << 20 as UInt64, at: 16)
        },
    ]

    private static func counters(_ command: PerformanceMonitoringCommand) -> @Sendable (Lab) throws -> Int64 {
        { lab in
            _ = lab.memory.write([UInt8](repeating: 0, count: 24), at: Lab.argument)
            return lab.call(.performanceMonitoring, [UInt64(command.rawValue), Lab.argument])
        }
    }

    private static let others: [PermissionCase] = [
        onXen("kexec_op", "kexec") {
            _ = $0.memory.write([0], at: Lab.argument)
            return $0.call(.kexec, [KexecCommand.status.rawValue, Lab.argument])
        },
        // Whatever the reason, this one says that it is not permitted.
        onXen("hypfs_op: get_version", "hypfs_op", error: -1, succeeds: 1) { $0.call(.hypervisorFilesystem, [0, 0, 0, 0, 0]) },
        onXen("hypfs_op: read", "hypfs_op", error: -1) { $0.filesystem(1, "/params", size: 4_096) },
        onXen("mca", "mca_op") { lab in
            var call = ABIStructure(size: 152)
            call.set(3 as UInt32, at: 0)
            call.set(0x01ec_c003 as UInt32, at: 4)
            return lab.call(.machineCheck, call)
        },
        onXen("xenoprof_op: init", "nonprivprofile") { $0.call(.profiling, [0, Lab.buffer]) },
        onXen("xenoprof_op: reset_active_list", "privprofile", prepare: { _ = $0.call(.profiling, [0, Lab.buffer]) }) {
            $0.call(.profiling, [1, Lab.buffer])
        },
    ] + PerformanceMonitoringCommand.allCases.map { command in
        let isForAll = [.setMode, .getMode, .setFeatures, .getFeatures].contains(command)
        let isWithout = [.setInterrupt, .flush].contains(command)
        return onXen(
            "xenpmu_op: \(command)", isForAll ? "pmu_ctrl" : "pmu_use", "xen2", succeeds: isWithout ? -22 : 0,
            configure: { $0.commandLine = "vpmu" }, run: counters(command))
    }
}
