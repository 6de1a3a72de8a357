import Flask
import Synchronization

extension ScenarioOperation {
    /// `memory_op` with a structure that names a domain at an offset.
    private static func memory(
        _ name: String, _ command: MemoryCommand, _ summary: String, _ more: [Parameter] = [], size: Int,
        domainAt offset: Int = 0,
        _ body: @escaping @Sendable (ScenarioContext, inout ABIStructure) -> Void = { _, _ in }
    ) -> ScenarioOperation {
        ScenarioOperation(name, summary, [.target] + more) { context in
            context.memory(command, size: size) { call in
                call.set(context.domain(), at: offset)
                body(context, &call)
            }
        }
    }

    /// Single pages from a frame on.
    private static func reservation(_ name: String, _ command: MemoryCommand, _ summary: String) -> ScenarioOperation {
        ScenarioOperation(name, summary, [.target, .number("frame"), .number("count", isOptional: true)]) {
            (context) throws(ScenarioContext.Failure) in
            let (first, count) = (context.number(1), context.number(2, or: 1))
            guard first < 1 << 40, count < 1 << 20 else { throw .init(message: "there are no such frames") }
            return try context.reserve(command, frames: first..<first + count, count: count)
        }
    }

    static let memory: [ScenarioOperation] = [
        reservation("populate_physmap", .populatePhysmap, "gives a domain pages at frames"),
        reservation("decrease_reservation", .decreaseReservation, "takes pages at frames from a domain"),
        ScenarioOperation("increase_reservation", "gives a domain pages", [.target, .number("count", isOptional: true)]) {
            (context) throws(ScenarioContext.Failure) in
            try context.reserve(.increaseReservation, frames: nil, count: context.number(1, or: 1))
        },
        memory("current_reservation", .currentReservation, "tells how many pages a domain has", size: 2),
        memory("maximum_reservation", .maximumReservation, "tells how many pages a domain may have", size: 2),
        memory("maximum_gpfn", .maximumFrame, "tells a domain's last frame", size: 2),
        memory(
            "add_to_physmap", .addToPhysmap, "shows a domain its page of shared information at a frame", [.number("frame")],
            size: 24
        ) {
            $1.set($0.number(1), at: 16)
        },
        memory("remove_from_physmap", .removeFromPhysmap, "takes what is at a frame away", [.number("frame")], size: 16) {
            $1.set($0.number(1), at: 8)
        },
        ScenarioOperation(
            "foreign_map", "maps a page of another domain's, as a process does by libxenforeignmemory",
            [.target, .number("frame"), .writing]
        ) { (context) throws(ScenarioContext.Failure) in
            let frame = try context.frame(context.number(1), of: context.domain())
            do throws(XenErrorNumber) {
                let runs = try context.client.mapForeign(
                    context.domain(), frames: [frame], isWritable: context.number(2, or: 1) == 1)
                context.client.unmapForeign(context.domain(), runs)
                return runs.first?.error.map { -Int64($0.rawValue) } ?? 0
            } catch {
                return -Int64(error.rawValue)
            }
        },
        ScenarioOperation(
            "acquire_resource",
            "maps pages that the hypervisor has for a domain, as a process does by libxenforeignmemory",
            [
                .target,
                .choice("ioreq_server|grant_table|vmtrace_buf", ["ioreq_server": 0, "grant_table": 1, "vmtrace_buf": 2]),
                .number("id", isOptional: true),
            ]
        ) { context in
            do throws(XenErrorNumber) {
                _ = try context.client.mapResource(
                    context.domain(), kind: context.word32(1), number: context.word32(2), frames: 0..<1)
                return 0
            } catch {
                return -Int64(error.rawValue)
            }
        },
        memory("set_memory_map", .setMemoryMap, "sets the map of memory that a domain is told", size: 24) {
            $1.set(1 as UInt32, at: 8)
            $1.set(ScenarioContext.buffer, at: 16)
        },
        ScenarioOperation("machine_memory_map", "tells the machine's map of memory") {
            $0.memory(.machineMemoryMap, size: 16) { _ in }
        },
        ScenarioOperation("exchange", "gives a page of a paravirtual domain back for another one", [.target]) {
            (context) throws(ScenarioContext.Failure) in
            let frame = try context.machineFrame(of: context.domain())
            context.put(numbers: [frame, 7])
            return context.memory(.exchange, size: 72) { call in
                for (index, start) in [0, 32].enumerated() {
                    call.set(ScenarioContext.buffer + UInt64(index) * 8, at: start)
                    call.set(1 as UInt64, at: start + 8)
                    call.set(context.domain(), at: start + 24)
                }
            }
        },
        memory(
            "claim_pages", .claimPages, "keeps pages for a domain that it will be given", [.number("count")], size: 32,
            domainAt: 24
        ) {
            $1.set($0.number(1), at: 8)
        },
        memory("get_vnumainfo", .getVirtualNUMA, "tells a domain's nodes of memory", size: 40) {
            for offset in [4, 8, 12] { $1.set(1 as UInt32, at: offset) }
            for offset in [16, 24, 32] { $1.set(ScenarioContext.buffer, at: offset) }
        },
        memory("get_pod_target", .getOnDemandTarget, "tells how much memory a domain is to have", size: 40, domainAt: 32),
        memory(
            "set_pod_target", .setOnDemandTarget, "sets how much memory a domain is to have", [.number("pages")], size: 40,
            domainAt: 32
        ) {
            $1.set($0.number(1), at: 0)
        },
        memory(
            "access_op", .access, "sets which accesses to a domain's frame are told of", [.number("frame")], size: 32, domainAt: 2
        ) {
            $1.set(4 as UInt8, at: 1)
            $1.set(2 as UInt32, at: 4)
            $1.set($0.number(1), at: 8)
        },
        memory("paging_op", .paging, "pages a domain's memory out", size: 24, domainAt: 2),
        memory("sharing_nominate", .sharing, "offers a domain's page for sharing", [.number("frame")], size: 48, domainAt: 2) {
            $1.set($0.number(1), at: 8)
        },
        memory("sharing_share", .sharing, "has two domains share a page", [.domain("other")], size: 48, domainAt: 2) {
            $1.set(2 as UInt8, at: 0)
            $1.set($0.domain(1), at: 40)
        },
        domctl("mem_sharing_op", .memorySharing, "lets a domain's pages be shared"),
        domctl("getpageframeinfo3", .getPageFrameInfo, "tells what a domain's frame is", [.number("frame")]) {
            $0.put(numbers: [$0.number(1)])
            $1.set(1 as UInt64, at: 16)
            $1.set(ScenarioContext.buffer, at: 24)
        },
    ]

    /// An entry of a page table of one domain for a page of another's.
    private static func update(
        _ context: ScenarioContext, table: UInt64, page: UInt64, owners: UInt32
    ) -> Int64 {
        var call = ABIStructure(size: 16)
        call.set(table, at: 0)
        call.set(page, at: 8)
        context.put(call.bytes, at: ScenarioContext.structure)
        return context.call(.mmuUpdate, [ScenarioContext.structure, 1, 0, UInt64(owners)])
    }

    static let pageTables: [ScenarioOperation] = [
        ScenarioOperation(
            "mmu_update", "maps a domain's page by the actor's page table, or another domain's",
            [.target, .domain("table", isOptional: true)]
        ) { (context) throws(ScenarioContext.Failure) in
            let table = try context.machineFrame(of: context.domain(1))
            let page = try context.machineFrame(of: context.domain())
            let owner = context.has(1) ? UInt32(context.domain(1)) + 1 : 0
            if !context.has(1) {
                try context.change(context.domain(1)) { (state) throws(XenErrorNumber) in state.memory.pinned[table] = 1 }
            }
            return update(context, table: table * 4_096, page: page * 4_096 | 3, owners: owner << 16 | UInt32(context.domain()))
        },
        ScenarioOperation(
            "mmu_update_target", "maps a domain's page as one of its device model's", [.domain("model"), .target]
        ) { (context) throws(ScenarioContext.Failure) in
            let table = try context.machineFrame(of: DomainIdentifier.caller.rawValue)
            let page = try context.machineFrame(of: context.domain(1))
            try context.change(DomainIdentifier.caller.rawValue) { (state) throws(XenErrorNumber) in
                state.memory.pinned[table] = 1
            }
            return update(context, table: table * 4_096, page: page * 4_096 | 3, owners: UInt32(context.domain()))
        },
        ScenarioOperation("mmu_machphys_update", "says which frame of a domain's a page of its is", [.target]) {
            (context) throws(ScenarioContext.Failure) in
            let page = try context.machineFrame(of: context.domain())
            return update(context, table: page * 4_096 | 1, page: 9, owners: UInt32(context.domain()))
        },
        ScenarioOperation("mmuext_pin", "has a domain's page be a page table for good", [.target]) {
            (context) throws(ScenarioContext.Failure) in
            var call = ABIStructure(size: 24)
            call.set(ExtendedMMUCommand.pinLevel1.rawValue, at: 0)
            call.set(try context.machineFrame(of: context.domain()), at: 8)
            context.put(call.bytes, at: ScenarioContext.structure)
            return context.call(.extendedMMU, [ScenarioContext.structure, 1, 0, UInt64(context.domain())])
        },
        ScenarioOperation(
            "update_va_mapping_otherdomain", "maps a domain's frame at an address of the actor's", [.target, .number("frame")]
        ) { context in
            context.call(
                .updateVirtualAddressMappingOfOther,
                [0x1000, (context.number(1) & (1 << 40 - 1)) * 4_096 | 3, 0, UInt64(context.domain())])
        },
    ]
}
