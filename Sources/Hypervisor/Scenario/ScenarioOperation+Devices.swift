import Flask

extension ScenarioOperation {
    static let devices: [ScenarioOperation] = [
        domctl("irq_permission", .irqPermission, "lets a domain have an interrupt of the machine's", [.number("irq"), .adding]) {
            $1.set($0.word32(1), at: 16)
            $1.set(UInt8(truncatingIfNeeded: $0.number(2)), at: 20)
        },
        domctl("iomem_permission", .ioMemoryPermission, "lets a domain have frames of devices", [.range("frames"), .adding]) {
            $1.set($0.range(1).lowerBound, at: 16)
            $1.set(UInt64($0.range(1).count), at: 24)
            $1.set(UInt8(truncatingIfNeeded: $0.number(2)), at: 32)
        },
        domctl("ioport_permission", .ioPortPermission, "lets a domain have ports of devices", [.range("ports"), .adding]) {
            $1.set(UInt32(truncatingIfNeeded: $0.range(1).lowerBound), at: 16)
            $1.set(UInt32($0.range(1).count), at: 20)
            $1.set(UInt8(truncatingIfNeeded: $0.number(2)), at: 24)
        },
        domctl("memory_mapping", .memoryMapping, "puts frames of devices into a domain's memory", [.range("frames"), .adding]) {
            $1.set($0.range(1).lowerBound, at: 16)
            $1.set($0.range(1).lowerBound, at: 24)
            $1.set(UInt64($0.range(1).count), at: 32)
            $1.set($0.word32(2), at: 40)
        },
        domctl("ioport_mapping", .ioPortMapping, "gives a domain ports of devices as its own", [.range("ports"), .adding]) {
            $1.set(UInt32(truncatingIfNeeded: $0.range(1).lowerBound), at: 16)
            $1.set(UInt32(truncatingIfNeeded: $0.range(1).lowerBound), at: 20)
            $1.set(UInt32($0.range(1).count), at: 24)
            $1.set($0.word32(2), at: 28)
        },
        domctl("assign_device", .assignDevice, "gives a PCI device to a domain", [.device]) { $1.set($0.device(1), at: 24) },
        domctl("assign_dtdevice", .assignDevice, "gives a device of the device tree to a domain", [.text("path")]) {
            $0.put($0.text(1))
            $1.set(1 as UInt32, at: 16)
            $1.set(UInt32($0.text(1).count), at: 24)
            $1.set(ScenarioContext.buffer, at: 32)
        },
        domctl("deassign_device", .deassignDevice, "takes a PCI device from a domain", [.device]) {
            $1.set($0.device(1), at: 24)
        },
        ScenarioOperation("test_assign_device", "tells whether a PCI device may be given to somebody", [.device]) { context in
            context.domctl(.testAssignDevice, Hypervisor.noDomain) { $0.set(context.device(0), at: 24) }
        },
        domctl("get_device_group", .getDeviceGroup, "tells which PCI devices go with one", [.device]) {
            $1.set($0.device(1), at: 16)
        },
        domctl("bind_pt_irq", .bindPassthroughIRQ, "has an interrupt of the machine's arrive in a domain", [.number("irq")]) {
            $1.set($0.word32(1), at: 16)
        },
        domctl("unbind_pt_irq", .unbindPassthroughIRQ, "ends that", [.number("irq")]) { $1.set($0.word32(1), at: 16) },
        ScenarioOperation(
            "pci_config", "reads or writes a PCI device's configuration, or sets the device up by it",
            [.device, .choice("read|write|setup", ["read": 0, "write": 1, "setup": 2])]
        ) { context in
            // Behind byte 0x28 nothing moves the device; its addresses do.
            let bytes: ClosedRange<UInt16> = context.number(1) == 2 ? 0xe...0x11 : 0x28...0x2b
            do throws(XenErrorNumber) {
                try context.hypervisor.accessPCIConfiguration(
                    context.actor, context.device(0), bytes, isWrite: context.number(1) > 0, context.caller)
                return 0
            } catch {
                return -Int64(error.rawValue)
            }
        },
    ]

    /// `physdev_op` on a device, with its segment or without.
    private static func device(
        _ name: String, _ command: PhysicalDeviceCommand, _ summary: String, hasSegment: Bool
    ) -> ScenarioOperation {
        ScenarioOperation(name, summary, [.device]) { context in
            let device = context.device(0)
            return context.physdev(command, size: 16) { call in
                if hasSegment { call.set(UInt16(device >> 16), at: 0) }
                call.set(UInt8(truncatingIfNeeded: device >> 8), at: hasSegment ? 2 : 0)
                call.set(UInt8(truncatingIfNeeded: device), at: hasSegment ? 3 : 1)
            }
        }
    }

    private static func physdev(
        _ name: String, _ command: PhysicalDeviceCommand, _ summary: String, _ more: [Parameter] = [],
        _ body: @escaping @Sendable (ScenarioContext, inout ABIStructure) -> Void = { _, _ in }
    ) -> ScenarioOperation {
        ScenarioOperation(name, summary, more) { context in context.physdev(command, size: 16) { body(context, &$0) } }
    }

    static let physicalDevices: [ScenarioOperation] = [
        device("pci_device_add", .addSegmentDevice, "tells the machine of a PCI device", hasSegment: true),
        device("manage_pci_add", .addDevice, "the same, as it once was", hasSegment: false),
        device("manage_pci_add_ext", .addExtendedDevice, "the same, with what kind of device it is", hasSegment: false),
        device("pci_device_remove", .removeSegmentDevice, "tells the machine that a PCI device is gone", hasSegment: true),
        device("manage_pci_remove", .removeDevice, "the same, as it once was", hasSegment: false),
        device("prepare_msix", .prepareMessages, "prepares a PCI device's messages", hasSegment: true),
        device("release_msix", .releaseMessages, "ends that", hasSegment: true),
        device("restore_msi", .restoreMessages, "sets a PCI device's messages again", hasSegment: false),
        device("restore_msi_ext", .restoreSegmentMessages, "the same, with its segment", hasSegment: true),
        physdev("setup_gsi", .setUpInterrupt, "sets an interrupt of the machine's up", [.number("irq")]) {
            $1.set($0.word32(0), at: 0)
        },
        physdev("pci_mmcfg_reserved", .reserveConfigurationSpace, "says where PCI devices are configured") {
            $1.set(1 as UInt32, at: 12)
        },
        physdev("apic_read", .readController, "reads an interrupt controller") { $1.set(0xfec0_0000 as UInt64, at: 0) },
        physdev("apic_write", .writeController, "writes an interrupt controller") { $1.set(0xfec0_0000 as UInt64, at: 0) },
        physdev("alloc_irq_vector", .allocateVector, "reserves a vector for an interrupt"),
        ScenarioOperation("map_pirq", "gives a domain an interrupt of the machine's", [.target, .number("irq")], gives: "pirq") {
            context in
            let result = context.physdev(.mapInterrupt, size: 40) { call in
                call.set(context.domain(), at: 0)
                call.set(1 as UInt32, at: 4)
                call.set(context.word32(1), at: 8)
                call.set(context.word32(1), at: 12)
            }
            return context.giving(result, { UInt64($0.word32(at: 12)) }, of: 40)
        },
        ScenarioOperation("map_pirq_msi", "gives a domain a message of its PCI device", [.target, .device], gives: "pirq") {
            context in
            let device = context.device(1)
            let result = context.physdev(.mapInterrupt, size: 40) { call in
                call.set(context.domain(), at: 0)
                call.set(3 as UInt32, at: 4)
                call.set(Int32(-1), at: 8)
                call.set(Int32(-1), at: 12)
                call.set(device & 0xffff_0000 | device >> 8 & 0xff, at: 16)
                call.set(device & 0xff, at: 20)
            }
            return context.giving(result, { UInt64($0.word32(at: 12)) }, of: 40)
        },
        ScenarioOperation("unmap_pirq", "takes an interrupt of the machine's from a domain", [.target, .number("pirq")]) {
            context in
            context.physdev(.unmapInterrupt, size: 8) { call in
                call.set(context.domain(), at: 0)
                call.set(context.word32(1), at: 4)
            }
        },
    ]

    /// `argo_op` about a ring: whose messages come in by it, or those of everybody.
    private static func ring(
        _ context: ScenarioContext, _ command: ArgoCommand, _ rest: [UInt64]
    ) -> Int64 {
        var ring = ABIStructure(size: 12)
        ring.set(context.word32(0), at: 0)
        ring.set(context.has(1) ? context.domain(1) : PrivcmdAudit.noDomain, at: 4)
        ring.set(1_024 as UInt32, at: 8)
        context.put(ring.bytes, at: ScenarioContext.structure)
        return context.call(.argo, [command.rawValue, ScenarioContext.structure] + rest)
    }

    static let argo: [ScenarioOperation] = [
        ScenarioOperation(
            "argo_register_ring",
            "receives messages at a port: of one domain, or of all (with `--command-line argo=1,mac-permissive=1`)",
            [.number("port"), .domain("partner", isOptional: true)]
        ) { ring($0, .registerRing, [ScenarioContext.buffer, 1, 0]) },
        ScenarioOperation("argo_unregister_ring", "ends that", [.number("port"), .domain("partner", isOptional: true)]) {
            ring($0, .unregisterRing, [0, 0, 0])
        },
        ScenarioOperation("argo_sendv", "sends a message to a domain's port", [.target, .number("port")]) { context in
            var addresses = ABIStructure(size: 16)
            addresses.set(1 as UInt32, at: 0)
            addresses.set(context.actor.number.rawValue, at: 4)
            addresses.set(context.word32(1), at: 8)
            addresses.set(context.domain(), at: 12)
            context.put(addresses.bytes, at: ScenarioContext.structure)
            context.put(numbers: [ScenarioContext.secondBuffer, 5])
            context.put(Array("hello".utf8), at: ScenarioContext.secondBuffer)
            return context.call(.argo, [ArgoCommand.send.rawValue, ScenarioContext.structure, ScenarioContext.buffer, 1, 7])
        },
        ScenarioOperation("argo_notify", "asks whether a domain's port has room", [.target, .number("port")]) { context in
            var question = ABIStructure(size: 28)
            question.set(1 as UInt32, at: 0)
            question.set(context.word32(1), at: 8)
            question.set(context.domain(), at: 12)
            question.set(100 as UInt32, at: 20)
            return context.call(.argo, ArgoCommand.notify.rawValue, question)
        },
    ]
}
