import Flask

@testable import Hypervisor

/// `domctl` on a guest of type `guest`, number 1.
enum DomainControlCases {
    private static func onGuest(
        _ name: String, _ command: DomainControlCommand, _ permission: String, _ objectClass: String = "domain",
        _ body: @escaping @Sendable (inout ABIStructure) -> Void = { _ in }
    ) -> PermissionCase {
        PermissionCase(
            name: "domctl: \(name)", needs: [.init("dom0", "guest", objectClass, permission, for: "source=d0 target=d1")],
            prepare: { try $0.createDomain() }, run: { $0.domctl(command, 1, body) })
    }

    static let all: [PermissionCase] = [
        onGuest("pausedomain", .pauseDomain, "pause"),
        PermissionCase(
            name: "domctl: unpausedomain", needs: [.init("dom0", "guest", "domain", "unpause", for: "source=d0 target=d1")],
            prepare: {
                try $0.createDomain()
                _ = $0.domctl(.pauseDomain, 1)
            }, run: { $0.domctl(.unpauseDomain, 1) }),
        onGuest("destroydomain", .destroyDomain, "destroy"),
        onGuest("resumedomain", .resumeDomain, "resume"),
        onGuest("getdomaininfo", .getDomainInfo, "getdomaininfo"),
        onGuest("max_vcpus", .maximumProcessors, "max_vcpus") { $0.set(1 as UInt32, at: 16) },
        onGuest("max_mem", .maximumMemory, "setdomainmaxmem") { $0.set(4_096 as UInt64, at: 16) },
        onGuest("setdomainhandle", .setHandle, "setdomainhandle"),
        onGuest("setdebugging", .setDebugging, "setdebugging"),
        onGuest("settimeoffset", .setTimeOffset, "settime"),
        onGuest("getvcpuinfo", .getProcessorInfo, "getvcpuinfo"),
        PermissionCase(
            name: "domctl: createdomain", needs: [.init("dom0", "guest", "domain", "create", for: "current=d0")],
            run: { lab in
                let label = try lab.sid("guest")
                return lab.domctl(.createDomain, 0) { call in
                    call.set(label.rawValue, at: 16)
                    call.set(1 as UInt32, at: 44)
                    call.set(1 as UInt32, at: 60)
                }
            }),
        PermissionCase(
            name: "domctl: set_target",
            needs: [
                .init("dom0", "stubdomain", "domain2", "make_priv_for", for: "source=d0 target=d2"),
                .init("dom0", "guest", "domain2", "set_as_target", for: "source=d0 target=d1"),
                .init("stubdomain", "guest", "domain", "set_target", for: "current=d0"),
            ],
            prepare: {
                try $0.createDomain()
                try $0.createDomain("stubdomain")
            }, run: { $0.domctl(.setTarget, 2) { $0.set(1 as UInt16, at: 16) } }),
    ]
}
