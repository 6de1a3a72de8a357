import Flask

@testable import Hypervisor

/// `sysctl` on the machine, by dom0.
enum MachineControlCases {
    private static func onXen(
        _ name: String, _ command: SystemControlCommand, _ objectClass: String, _ permission: String,
        succeeds expected: Int64 = 0, _ body: @escaping @Sendable (inout ABIStructure) -> Void = { _ in }
    ) -> PermissionCase {
        PermissionCase(
            name: "sysctl: \(name)", needs: [.init("dom0", "xen", objectClass, permission, for: "current=d0")],
            run: { $0.sysctl(command, body) }, succeeds: { $0 == expected })
    }

    private static func onHardware(
        _ name: String, _ command: SystemControlCommand, _ permission: String,
        prepare: @escaping @Sendable (Lab) throws -> Void = { _ in },
        _ body: @escaping @Sendable (inout ABIStructure) -> Void
    ) -> PermissionCase {
        PermissionCase(
            name: "sysctl: \(name)", needs: [.init("dom0", "domxen", "resource", permission, for: "current=d0")],
            prepare: prepare, run: { $0.sysctl(command, body) })
    }

    private static func unplug(_ lab: Lab) {
        _ = lab.sysctl(.cpuHotplug) {
            $0.set(3 as UInt32, at: 8)
            $0.set(1 as UInt32, at: 12)
        }
    }

    static let all: [PermissionCase] = [
        onXen("tbuf_op", .traceBuffers, "xen", "tbufcontrol"),
        onXen("perfc_op", .performanceCounters, "xen", "perfcontrol", succeeds: -38),
        onXen("lockprof_op", .lockProfile, "xen", "lockprof", succeeds: -38),
        onXen("get_pmstat", .powerStatistics, "xen", "pm_op", succeeds: -19),
        onXen("pm_op", .powerOperation, "xen", "pm_op") { $0.set(0x22 as UInt32, at: 8) },
        onXen("cpupool_op", .cpuPoolOperation, "xen", "cpupool_op") { $0.set(3 as UInt32, at: 8) },
        onXen("scheduler_op: getinfo", .schedulerOperation, "xen", "getscheduler") {
            $0.set(6 as UInt32, at: 12)
            $0.set(1 as UInt32, at: 16)
        },
        onXen("scheduler_op: putinfo", .schedulerOperation, "xen", "setscheduler") { $0.set(6 as UInt32, at: 12) },
        onXen("pcitopoinfo", .pciTopology, "xen", "physinfo") {
            $0.set(Lab.buffer, at: 16)
            $0.set(Lab.buffer, at: 24)
        },
        onXen("get_cpu_policy", .cpuPolicy, "xen", "physinfo"),
        onXen("psr_cmt_op", .cacheMonitoring, "xen2", "psr_cmt_op", succeeds: -19),
        onXen("psr_alloc", .cacheAllocation, "xen2", "psr_alloc", succeeds: -19),
        onXen("get_cpu_levelling_caps", .cpuLevelling, "xen2", "get_cpu_levelling_caps"),
        onXen("get_cpu_featureset", .cpuFeatures, "xen2", "get_cpu_featureset"),
        onXen("livepatch_op", .livePatch, "xen2", "livepatch_op") { $0.set(2 as UInt32, at: 8) },
        onXen("coverage_op", .coverage, "xen2", "coverage_op", succeeds: -95),
        onHardware("cpu_hotplug: offline", .cpuHotplug, "unplug") {
            $0.set(3 as UInt32, at: 8)
            $0.set(1 as UInt32, at: 12)
        },
        onHardware("cpu_hotplug: online", .cpuHotplug, "plug", prepare: unplug) { $0.set(3 as UInt32, at: 8) },
        onHardware("page_offline_op: offline", .pageOffline, "unplug") {
            $0.set(1 as UInt32, at: 8)
            $0.set(Lab.buffer, at: 24)
        },
        onHardware("page_offline_op: online", .pageOffline, "plug") {
            $0.set(2 as UInt32, at: 8)
            $0.set(Lab.buffer, at: 24)
        },
        onHardware("page_offline_op: query", .pageOffline, "use") {
            $0.set(3 as UInt32, at: 8)
            $0.set(Lab.buffer, at: 24)
        },
    ]
}
