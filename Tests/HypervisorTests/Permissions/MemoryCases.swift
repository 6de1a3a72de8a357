import Flask
import Synchronization

@testable import Hypervisor

/// `memory_op` and `mmu_update` by dom0 on a guest of type `guest`, number 1.
enum MemoryCases {
    typealias Need = PermissionCase.Need

    /// How a guest's state is to be before.
    private struct PreparedState: Sendable {
        var isMonitored = false
        let change: @Sendable (inout DomainState) -> Void
        static let monitored = PreparedState(isMonitored: true) { _ in }
        static let asItIs = PreparedState { _ in }
    }

    private static func need(_ objectClass: String, _ permission: String, error: Int64 = -13) -> Need {
        Need("dom0", "guest", objectClass, permission, for: "source=d0 target=d1", error: error)
    }

    /// A structure that names domain 1 where it is looked for, for a guest with memory.
    private static func onGuest(
        _ name: String, _ command: MemoryCommand, _ need: Need, size: Int, domainAt offset: Int = 0, returns: Int64 = 0,
        prepare change: PreparedState = .asItIs, body: (@Sendable (inout ABIStructure) -> Void)? = nil
    ) -> PermissionCase {
        PermissionCase(
            name: "memory_op: \(name)", needs: [need],
            prepare: { lab in
                try lab.createDomainWithMemory()
                if change.isMonitored { try lab.monitor(1, frame: 60) }
                lab.change(1, change.change)
            },
            run: { lab in
                var call = ABIStructure(size: size)
                call.set(1 as UInt16, at: offset)
                body?(&call)
                return lab.memoryOp(command, call)
            }, succeeds: { $0 == returns })
    }

    private static func reservation(
        _ name: String, _ command: MemoryCommand, _ frames: [UInt64]
    ) -> PermissionCase {
        // These return how many extents are done, and a denial as nothing done.
        PermissionCase(
            name: "memory_op: \(name)", needs: [need("mmu", "adjust", error: 0)],
            prepare: { try $0.createDomainWithMemory() },
            run: { $0.reservation(command, 1, frames) }, succeeds: { $0 == Int64(frames.count) })
    }

    private static let sharing: @Sendable (inout DomainState) -> Void = { $0.isIOMMUEnabled = false }

    static let all: [PermissionCase] = [
        reservation("increase_reservation", .increaseReservation, [0]),
        reservation("decrease_reservation", .decreaseReservation, [3, 4]),
        reservation("populate_physmap", .populatePhysmap, [100, 101]),
        onGuest("current_reservation", .currentReservation, need("mmu", "stat"), size: 2, returns: 64),
        onGuest("maximum_reservation", .maximumReservation, need("mmu", "stat"), size: 2, returns: 1_024),
        onGuest("maximum_gpfn", .maximumFrame, need("mmu", "stat"), size: 2, returns: 63),
        onGuest("add_to_physmap", .addToPhysmap, need("mmu", "physmap"), size: 24) { $0.set(500 as UInt64, at: 16) },
        onGuest("remove_from_physmap", .removeFromPhysmap, need("mmu", "physmap"), size: 16) { $0.set(5 as UInt64, at: 8) },
        onGuest("set_memory_map", .setMemoryMap, need("mmu", "memorymap"), size: 24) {
            $0.set(1 as UInt32, at: 8)
            $0.set(Lab.buffer, at: 16)
        },
        PermissionCase(
            name: "memory_op: machine_memory_map", needs: [Need("dom0", "xen", "mmu", "memorymap", for: "current=d0")],
            run: { $0.memoryOp(.machineMemoryMap, ABIStructure(size: 16)) }),
        PermissionCase(
            name: "memory_op: exchange", needs: [need("mmu", "exchange")],
            prepare: { lab in
                try lab.createDomainWithMemory(isHVM: false, pages: 1)
                lab.putNumbers([7], at: Lab.buffer + 8)
            },
            run: { lab in
                var call = ABIStructure(size: 72)
                for (start, list) in [(0, Lab.buffer), (32, Lab.buffer + 8)] {
                    call.set(list, at: start)
                    call.set(1 as UInt64, at: start + 8)
                    call.set(1 as UInt16, at: start + 24)
                }
                return lab.memoryOp(.exchange, call)
            }),
        onGuest("claim_pages", .claimPages, need("domain2", "setclaim"), size: 32, domainAt: 24) { $0.set(100 as UInt64, at: 8) },
        onGuest(
            "get_vnumainfo", .getVirtualNUMA, need("domain2", "get_vnumainfo"), size: 40,
            prepare: PreparedState {
                $0.memory.virtualNUMA = VirtualNUMA(
                    nodeCount: 1, distances: [10], nodeOfProcessor: [0], machineNodes: [],
                    ranges: [.init(start: 0, end: 4_096, flags: 0, node: 0)])
            }
        ) {
            for offset in [4, 8, 12] { $0.set(1 as UInt32, at: offset) }
            for offset in [16, 24, 32] { $0.set(Lab.buffer, at: offset) }
        },
        onGuest("get_pod_target", .getOnDemandTarget, need("domain", "getpodtarget"), size: 40, domainAt: 32),
        onGuest("set_pod_target", .setOnDemandTarget, need("domain", "setpodtarget"), size: 40, domainAt: 32),
        onGuest("access_op", .access, need("domain2", "mem_access"), size: 32, domainAt: 2, prepare: .monitored) {
            $0.set(4 as UInt8, at: 1)
            $0.set(2 as UInt32, at: 4)
            $0.set(3 as UInt64, at: 8)
        },
        // Nobody pages anything out, which is found after the question.
        onGuest("paging_op", .paging, need("domain2", "mem_paging"), size: 24, domainAt: 2, returns: -19),
        onGuest("sharing_op: nominate", .sharing, need("domain2", "mem_sharing"), size: 48, domainAt: 2, prepare: PreparedState(change: sharing)) {
            $0.set(3 as UInt64, at: 8)
        },
        PermissionCase(
            name: "memory_op: sharing_op: share",
            needs: [
                need("domain2", "mem_sharing"),
                Need("dom0", "other", "hvm", "mem_sharing", for: "source=d0 target=d2"),
                Need("guest", "other", "hvm", "share_mem", for: "source=d1 target=d2"),
            ],
            prepare: { lab in
                try lab.createDomainWithMemory()
                try lab.createDomainWithMemory("other")
                for domain in [1, 2] as [UInt16] {
                    lab.change(domain, sharing)
                    lab.change(domain) { $0.memory.isSharing = true }
                }
            },
            run: { lab in
                var call = ABIStructure(size: 48)
                call.set(2 as UInt8, at: 0)
                call.set(1 as UInt16, at: 2)
                call.set(2 as UInt16, at: 40)
                return lab.memoryOp(.sharing, call)
            }, succeeds: { $0 == -95 }),
        onGuest("acquire_resource", .acquireResource, need("domain2", "resource_map"), size: 32) {
            $0.set(1 as UInt16, at: 2)
            $0.set(1 as UInt32, at: 8)
            $0.set(Lab.buffer, at: 24)
        },
        PermissionCase(
            name: "domctl: getpageframeinfo3", needs: [need("mmu", "pageinfo")],
            prepare: { try $0.createDomainWithMemory() },
            run: { lab in
                lab.putNumbers([3, 4_000])
                let result = lab.domctl(.getPageFrameInfo, 1) { call in
                    call.set(2 as UInt64, at: 16)
                    call.set(Lab.buffer, at: 24)
                }
                return result == 0 && lab.numbers(2) != [0, 0xf << 28] ? -1 : result
            }),
        PermissionCase(
            name: "memory_op: add_to_physmap_batch of another's frame",
            needs: [
                Need("dom0", "dom0", "mmu", "physmap", for: "source=d0"),
                Need("dom0", "guest", "mmu", "map_read", "map_write", for: "source=d0 target=d1"),
            ],
            prepare: { lab in
                try lab.createDomainWithMemory()
                lab.change(0) { $0.isHVM = true }
            },
            run: { lab in
                lab.putNumbers([5, 1_000])
                var call = ABIStructure(size: 32)
                call.set(Lab.caller, at: 0)
                call.set(4 as UInt16, at: 2)
                call.set(1 as UInt16, at: 4)
                call.set(1 as UInt16, at: 6)
                for (offset, address) in [(8, Lab.buffer), (16, Lab.buffer + 8), (24, Lab.buffer + 16)] { call.set(address, at: offset) }
                let result = lab.memoryOp(.addToPhysmapBatch, call)
                // Each frame has its own error.
                return result != 0 ? result : Int64(Int32(truncatingIfNeeded: lab.numbers(1, at: Lab.buffer + 16)[0]))
            }),
    ] + pageTables

    private static let pageTables: [PermissionCase] = [
        PermissionCase(
            name: "mmu_update: another's table and page",
            needs: [
                need("mmu", "remote_remap"),
                Need("dom0", "guest", "mmu", "map_read", "map_write", for: "source=d0 target=d1"),
            ],
            prepare: { try $0.createDomainWithMemory(isHVM: false, pages: 2) },
            run: { lab in
                let frames = lab.state(1)?.memory.placed.map(\.frame).sorted() ?? []
                return lab.mmuUpdate(frames[0] * 4_096, frames[1] * 4_096 | 3, domain: 2 << 16 | 1)
            }),
        PermissionCase(
            name: "mmu_update: machine to physical", needs: [need("mmu", "updatemp")],
            prepare: { try $0.createDomainWithMemory(isHVM: false, pages: 1) },
            run: { lab in
                let frame = lab.state(1)?.memory.placed.first?.frame ?? 0
                return lab.mmuUpdate(frame * 4_096 | 1, 9, domain: 1)
            }),
        PermissionCase(
            name: "mmuext_op: pin", needs: [need("mmu", "mmuext_op"), need("mmu", "pinpage")],
            prepare: { try $0.createDomainWithMemory(isHVM: false, pages: 1) },
            run: { lab in lab.mmuExtended(.pinLevel1, lab.state(1)?.memory.placed.first?.frame ?? 0, domain: 1) }),
        PermissionCase(
            name: "update_va_mapping_otherdomain",
            needs: [Need("dom0", "guest", "mmu", "map_read", "map_write", for: "source=d0 target=d1")],
            prepare: { try $0.createDomainWithMemory() },
            run: { $0.call(.updateVirtualAddressMappingOfOther, [0x1000, 5 * 4_096 | 3, 0, 1]) }),
        PermissionCase(
            name: "mmu_update: a target's page as its device model's",
            needs: [
                Need("dom0", "stubdomain", "mmu", "map_read", "map_write", for: "source=d0 target=d2"),
                Need("stubdomain", "guest_target", "mmu", "target_hack", for: "source=d2 target=d1", error: -16),
            ],
            prepare: { lab in
                try lab.createDomainWithMemory(isHVM: false, pages: 1)
                try lab.createDomainWithMemory("stubdomain", isHVM: false, pages: 0)
                // Only a guest in hardware can be set as a target, and only another one's frames are the machine's.
                if let model = lab.hypervisor.domain(2), let guest = lab.hypervisor.domain(1) {
                    model.serve(guest, as: try lab.sid("guest_target"))
                }
                lab.change(0) { $0.maximumPages += 8 }
                let table = lab.takeFrames(Lab.caller, 1).first ?? 0
                _ = lab.mmuExtended(.pinLevel1, table, domain: Lab.caller)
            },
            run: { lab in
                let table = lab.state(0)?.memory.pinned.keys.first ?? 0
                let page = lab.state(1)?.memory.placed.first?.frame ?? 0
                return lab.mmuUpdate(table * 4_096, page * 4_096 | 3, domain: 2)
            }),
    ]
}
