import Flask

@testable import Hypervisor

/// `physdev_op` by dom0.
enum DeviceCases {
    typealias Need = PermissionCase.Need

    private static func onDevice(
        _ name: String, _ permission: String, isPlugged: Bool = true, run: @escaping @Sendable (Lab) throws -> Int64
    ) -> PermissionCase {
        PermissionCase(
            name: "physdev_op: \(name)",
            needs: [Need("dom0", "device", "resource", permission, for: "current=d0 device=0x100")],
            prepare: { if isPlugged { _ = $0.plug(0x100) } }, run: run)
    }

    private static func device(_ command: PhysicalDeviceCommand, hasSegment: Bool) -> @Sendable (Lab) throws -> Int64 {
        { lab in lab.physdev(command, size: 16) { $0.set(1 as UInt8, at: hasSegment ? 2 : 0) } }
    }

    static let all: [PermissionCase] = [
        onDevice("manage_pci_add", "plug", isPlugged: false, run: device(.addDevice, hasSegment: false)),
        onDevice("manage_pci_add_ext", "plug", isPlugged: false, run: device(.addExtendedDevice, hasSegment: false)),
        onDevice("pci_device_add", "plug", isPlugged: false, run: device(.addSegmentDevice, hasSegment: true)),
        onDevice("manage_pci_remove", "unplug", run: device(.removeDevice, hasSegment: false)),
        onDevice("pci_device_remove", "unplug", run: device(.removeSegmentDevice, hasSegment: true)),
        onDevice("prepare_msix", "setup", run: device(.prepareMessages, hasSegment: true)),
        onDevice("release_msix", "setup", run: device(.releaseMessages, hasSegment: true)),
        onDevice("restore_msi", "setup", run: device(.restoreMessages, hasSegment: false)),
        onDevice("restore_msi_ext", "setup", run: device(.restoreSegmentMessages, hasSegment: true)),
        PermissionCase(
            name: "physdev_op: setup_gsi", needs: [Need("dom0", "irq", "resource", "setup", for: "current=d0 irq=5")],
            run: { lab in lab.physdev(.setUpInterrupt, size: 8) { $0.set(5 as UInt32, at: 0) } }),
        PermissionCase(
            name: "physdev_op: pci_mmcfg_reserved", needs: [Need("dom0", "xen", "resource", "setup", for: "current=d0")],
            run: { lab in lab.physdev(.reserveConfigurationSpace, size: 16) { $0.set(1 as UInt32, at: 12) } }),
        PermissionCase(
            name: "physdev_op: apic_read", needs: [Need("dom0", "xen", "xen", "readapic", for: "current=d0")],
            run: { lab in lab.physdev(.readController, size: 16) { $0.set(0xfec0_0000 as UInt64, at: 0) } }),
        PermissionCase(
            name: "physdev_op: alloc_irq_vector", needs: [Need("dom0", "xen", "xen", "readapic", for: "current=d0")],
            run: { lab in lab.physdev(.allocateVector, size: 8) { _ in } }),
        PermissionCase(
            name: "physdev_op: apic_write", needs: [Need("dom0", "xen", "xen", "writeapic", for: "current=d0")],
            run: { lab in lab.physdev(.writeController, size: 16) { $0.set(0xfec0_0000 as UInt64, at: 0) } }),
        PermissionCase(
            name: "physdev_op: map_pirq",
            needs: [
                Need("dom0", "guest", "resource", "add", for: "source=d0 target=d1"),
                Need("dom0", "irq", "resource", "add_irq", for: "current=d0 irq=5"),
                Need("guest", "irq", "resource", "use_iommu", for: "current=d0 irq=5"),
            ], prepare: { try $0.createDomain() }, run: { $0.mapInterrupt(5, to: 1) }),
        PermissionCase(
            name: "physdev_op: map_pirq, message",
            needs: [
                Need("dom0", "guest", "resource", "add", for: "source=d0 target=d1"),
                Need("dom0", "device", "resource", "add_irq", for: "current=d0 device=0x100"),
                Need("guest", "device", "resource", "use_iommu", for: "current=d0 device=0x100"),
            ],
            prepare: {
                try ResourceCases.plugged($0)
                _ = $0.domctl(.assignDevice, 1) { $0.set(0x100 as UInt32, at: 24) }
            }, run: { $0.mapMessage(of: 0x100, to: 1) }),
        PermissionCase(
            name: "physdev_op: unmap_pirq",
            needs: [
                Need("dom0", "guest", "resource", "remove", for: "source=d0 target=d1"),
                Need("dom0", "irq", "resource", "remove_irq", for: "current=d0 irq=5"),
            ],
            prepare: {
                try $0.createDomain()
                _ = $0.mapInterrupt(5, to: 1)
            }, run: { $0.unmapInterrupt(5, of: 1) }),
    ]
}

extension Lab {
    /// Maps a message of a device to a domain that has it.
    func mapMessage(of device: UInt32, to domain: UInt16, as caller: UInt16 = 0) -> Int64 {
        physdev(.mapInterrupt, as: caller, size: 40) { call in
            call.set(domain, at: 0)
            call.set(3 as UInt32, at: 4)
            call.set(Int32(-1), at: 8)
            call.set(Int32(-1), at: 12)
            call.set(device & 0xffff_0000 | device >> 8 & 0xff, at: 16)
            call.set(device & 0xff, at: 20)
        }
    }
}
