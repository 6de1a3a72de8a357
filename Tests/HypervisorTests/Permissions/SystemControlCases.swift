import Flask

@testable import Hypervisor

/// `sysctl` by dom0.
enum SystemControlCases {
    private static func onXen(
        _ name: String, _ command: SystemControlCommand, _ objectClass: String, _ permissions: [String],
        _ body: @escaping @Sendable (inout ABIStructure) -> Void = { _ in }
    ) -> PermissionCase {
        PermissionCase(
            name: "sysctl: \(name)",
            needs: permissions.map { .init("dom0", "xen", objectClass, $0, for: "current=d0") },
            run: { $0.sysctl(command, body) })
    }

    static let all: [PermissionCase] = [
        onXen("readconsole", .readConsole, "xen", ["readconsole"]) { $0.set(Lab.buffer, at: 16) },
        onXen("readconsole, clearing", .readConsole, "xen", ["readconsole", "clearconsole"]) {
            $0.set(1 as UInt8, at: 8)
            $0.set(Lab.buffer, at: 16)
        },
        onXen("physinfo", .physicalInfo, "xen", ["physinfo"]),
        onXen("cputopoinfo", .cpuTopology, "xen", ["physinfo"]),
        onXen("numainfo", .numaInfo, "xen", ["physinfo"]),
        onXen("sched_id", .schedulerID, "xen", ["getscheduler"]),
        onXen("debug_keys", .debugKeys, "xen", ["debug"]) { $0.set(Lab.buffer, at: 8) },
        onXen("getcpuinfo", .cpuInfo, "xen", ["getcpuinfo"]) { $0.set(Lab.buffer, at: 16) },
        onXen("availheap", .availableHeap, "xen", ["heap"]),
        PermissionCase(
            name: "sysctl: getdomaininfolist", needs: [.init("dom0", "dom0", "domain", "getdomaininfo", for: "source=d0")],
            run: {
                $0.sysctl(.domainInfoList) { call in
                    call.set(8 as UInt32, at: 12)
                    call.set(Lab.buffer, at: 16)
                }
            }),
    ]
}
