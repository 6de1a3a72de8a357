import Flask

@testable import Hypervisor

/// `domctl` on devices, and what of them is given to a guest, number 1.
enum ResourceCases {
    typealias Need = PermissionCase.Need

    /// What giving asks for: of the caller over the guest, of the caller over what is given, and of the guest over it.
    private static func needs(
        _ permission: String, _ objectType: String, _ own: String, use: String?, for object: String, error: Int64 = -13
    ) -> [Need] {
        [
            Need("dom0", "guest", "resource", permission, for: "source=d0 target=d1", error: error),
            Need("dom0", objectType, "resource", own, for: object, error: error),
        ] + (use.map { [Need("guest", objectType, "resource", $0, for: object, error: error)] } ?? [])
    }

    private static let kinds: [(use: String, configure: @Sendable (inout Hypervisor.Configuration) -> Void)] = [
        ("use_iommu", { _ in }),
        ("use_iommu_nointremap", { $0.remapsInterrupts = false }),
        ("use_noiommu", { $0.hasIOMMU = false }),
    ]

    static let all: [PermissionCase] = ranges + mappings + devices + configuration + [
        PermissionCase(
            name: "domctl: irq_permission",
            needs: [Need("dom0", "guest", "resource", "add", for: "source=d0 target=d1", error: -1)],
            prepare: { try $0.createDomain() },
            run: {
                $0.domctl(.irqPermission, 1) { call in
                    call.set(5 as UInt32, at: 16)
                    call.set(1 as UInt8, at: 20)
                }
            }),
        PermissionCase(
            name: "domctl: irq_permission, away",
            needs: [Need("dom0", "guest", "resource", "remove", for: "source=d0 target=d1", error: -1)],
            prepare: { try $0.createDomain() }, run: { $0.domctl(.irqPermission, 1) { $0.set(5 as UInt32, at: 16) } }),
    ]

    private static let ranges: [PermissionCase] = kinds.flatMap { kind in
        [true, false].flatMap { allows in
            [
                PermissionCase(
                    name: "domctl: iomem_permission \(allows) with \(kind.use)",
                    needs: needs(
                        allows ? "add" : "remove", "iomem", allows ? "add_iomem" : "remove_iomem", use: kind.use,
                        for: "current=d0 range=0xfee00-0xfee0f", error: -1),
                    configure: kind.configure, prepare: { try $0.createDomain() },
                    run: {
                        $0.domctl(.ioMemoryPermission, 1) { call in
                            call.set(0xfee00 as UInt64, at: 16)
                            call.set(16 as UInt64, at: 24)
                            call.set(allows ? 1 : 0 as UInt8, at: 32)
                        }
                    }),
                PermissionCase(
                    name: "domctl: ioport_permission \(allows) with \(kind.use)",
                    needs: needs(
                        allows ? "add" : "remove", "ioport", allows ? "add_ioport" : "remove_ioport", use: kind.use,
                        for: "current=d0 range=0x3f8-0x3ff", error: -1),
                    configure: kind.configure, prepare: { try $0.createDomain() },
                    run: {
                        $0.domctl(.ioPortPermission, 1) { call in
                            call.set(0x3f8 as UInt32, at: 16)
                            call.set(8 as UInt32, at: 20)
                            call.set(allows ? 1 : 0 as UInt8, at: 24)
                        }
                    }),
            ]
        }
    }

    private static let mappings: [PermissionCase] = [true, false].flatMap { adds in
        [
            PermissionCase(
                name: "domctl: memory_mapping \(adds)",
                needs: needs(
                    adds ? "add" : "remove", "iomem", adds ? "add_iomem" : "remove_iomem", use: "use_iommu",
                    for: "current=d0 range=0xfee00-0xfee00"),
                prepare: {
                    try $0.createDomain()
                    _ = $0.domctl(.ioMemoryPermission, 1) { call in
                        call.set(0xfee00 as UInt64, at: 16)
                        call.set(1 as UInt64, at: 24)
                        call.set(1 as UInt8, at: 32)
                    }
                },
                run: {
                    $0.domctl(.memoryMapping, 1) { call in
                        call.set(0xfee00 as UInt64, at: 24)
                        call.set(1 as UInt64, at: 32)
                        call.set(adds ? 1 : 0 as UInt32, at: 40)
                    }
                }),
            PermissionCase(
                name: "domctl: ioport_mapping \(adds)",
                needs: needs(
                    adds ? "add" : "remove", "ioport", adds ? "add_ioport" : "remove_ioport", use: "use_iommu",
                    for: "current=d0 range=0x60-0x60"),
                prepare: { try $0.createDomain() },
                run: {
                    $0.domctl(.ioPortMapping, 1) { call in
                        call.set(0x60 as UInt32, at: 20)
                        call.set(1 as UInt32, at: 24)
                        call.set(adds ? 1 : 0 as UInt32, at: 28)
                    }
                }),
        ]
    }

    /// Plugs device 0000:01:00.0 and creates a guest.
    static let plugged: @Sendable (Lab) throws -> Void = { lab in
        try lab.createDomain()
        _ = lab.plug(0x0100)
    }

    private static let devices: [PermissionCase] = [
        PermissionCase(
            name: "domctl: assign_device",
            needs: needs("add", "device", "add_device", use: "use_iommu", for: "current=d0 device=0x100"),
            prepare: plugged, run: { $0.domctl(.assignDevice, 1) { $0.set(0x100 as UInt32, at: 24) } }),
        PermissionCase(
            name: "domctl: deassign_device",
            needs: needs("remove", "device", "remove_device", use: nil, for: "current=d0"),
            prepare: {
                try plugged($0)
                _ = $0.domctl(.assignDevice, 1) { $0.set(0x100 as UInt32, at: 24) }
            }, run: { $0.domctl(.deassignDevice, 1) { $0.set(0x100 as UInt32, at: 24) } }),
        PermissionCase(
            name: "domctl: test_assign_device", needs: [Need("dom0", "device", "resource", "stat_device", for: "current=d0")],
            prepare: plugged,
            run: { $0.domctl(.testAssignDevice, Hypervisor.noDomain) { $0.set(0x100 as UInt32, at: 24) } }),
        PermissionCase(
            name: "domctl: get_device_group", needs: [Need("dom0", "device", "resource", "stat_device", for: "current=d0")],
            prepare: plugged, run: { $0.domctl(.getDeviceGroup, 1) { $0.set(0x100 as UInt32, at: 16) } }),
        PermissionCase(
            name: "domctl: assign_device, of the device tree",
            needs: needs("add", "device", "add_device", use: "use_iommu", for: "current=d0 dtdevice=/soc/uart"),
            prepare: {
                try $0.createDomain()
                _ = $0.memory.write(Array("/soc/uart".utf8), at: Lab.buffer)
            },
            run: {
                $0.domctl(.assignDevice, 1) { call in
                    call.set(1 as UInt32, at: 16)
                    call.set(9 as UInt32, at: 24)
                    call.set(Lab.buffer, at: 32)
                }
            }, succeeds: { $0 == -19 }),
        PermissionCase(
            name: "domctl: bind_pt_irq",
            needs: [
                Need("dom0", "guest", "resource", "add", for: "source=d0 target=d1"),
                Need("dom0", "irq", "hvm", "bind_irq", for: "current=d0 irq=5"),
                Need("guest", "irq", "resource", "use_iommu", for: "current=d0 irq=5"),
            ],
            prepare: {
                try $0.createDomain()
                _ = $0.mapInterrupt(5, to: 1)
            }, run: { $0.domctl(.bindPassthroughIRQ, 1) { $0.set(5 as UInt32, at: 16) } }),
        PermissionCase(
            name: "domctl: unbind_pt_irq", needs: [Need("dom0", "guest", "resource", "remove", for: "source=d0 target=d1")],
            prepare: {
                try $0.createDomain()
                _ = $0.mapInterrupt(5, to: 1)
                _ = $0.domctl(.bindPassthroughIRQ, 1) { $0.set(5 as UInt32, at: 16) }
            }, run: { $0.domctl(.unbindPassthroughIRQ, 1) { $0.set(5 as UInt32, at: 16) } }),
    ]

    private static func access(_ bytes: ClosedRange<UInt16>, isWrite: Bool) -> @Sendable (Lab) throws -> Int64 {
        { lab in
            let guest = lab.hypervisor.domain(1)!
            do {
                try lab.hypervisor.accessPCIConfiguration(
                    guest, 0x100, bytes, isWrite: isWrite, Caller(domain: guest, memory: lab.memory))
                return 0
            } catch let error as XenErrorNumber {
                return -Int64(error.rawValue)
            }
        }
    }

    private static let configuration: [PermissionCase] = [
        PermissionCase(
            name: "PCI configuration, read",
            needs: [Need("guest", "device", "resource", "use_iommu", for: "current=d1 device=0x100")],
            prepare: plugged, run: access(0x10...0x13, isWrite: false)),
        PermissionCase(
            name: "PCI configuration, written",
            needs: [Need("guest", "device", "resource", "use_iommu", for: "current=d1 device=0x100")],
            prepare: plugged, run: access(0x28...0x2b, isWrite: true)),
        PermissionCase(
            name: "PCI configuration, set up",
            needs: [Need("guest", "device", "resource", "setup", for: "current=d1 device=0x100")],
            prepare: plugged, run: access(0xe...0x11, isWrite: true)),
    ]
}
