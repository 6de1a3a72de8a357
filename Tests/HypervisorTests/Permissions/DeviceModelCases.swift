import Flask

@testable import Hypervisor

/// `dm_op` and what belongs to it, by dom0 on a guest of type `guest`, number 1.
enum DeviceModelCases {
    private static let dm = PermissionCase.Need("dom0", "guest", "hvm", "dm", for: "source=d0 target=d1")

    private static func onGuest(
        _ name: String, _ command: DeviceModelCommand, second: UInt64? = nil, after prepare: @escaping @Sendable (Lab) -> Void,
        _ body: @escaping @Sendable (inout ABIStructure) -> Void = { _ in }
    ) -> PermissionCase {
        PermissionCase(
            name: "dm_op: \(name)", needs: [dm],
            prepare: {
                try $0.createDomain()
                try $0.givePages(1)
                prepare($0)
            }, run: { $0.dm(command, second: second, body) })
    }

    private static func onGuest(
        _ name: String, _ command: DeviceModelCommand, second: UInt64? = nil,
        _ body: @escaping @Sendable (inout ABIStructure) -> Void = { _ in }
    ) -> PermissionCase {
        onGuest(name, command, second: second, after: { _ in }, body)
    }

    private static let withServer: @Sendable (Lab) -> Void = { _ = $0.createServer() }

    static let all: [PermissionCase] = [
        PermissionCase(
            name: "dm_op: create_ioreq_server",
            needs: [
                dm,
                .init("dom0", "channel", "event", "create", for: "current=d0", isObject: true),
                .init("channel", "dom0", "event", "bind", for: "current=d0", isObjectSource: true),
            ],
            prepare: { try $0.createDomain() }, run: { $0.createServer() }),
        onGuest("get_ioreq_server_info", .getServerInfo, after: withServer) { $0.set(1 as UInt16, at: 2) },
        onGuest("map_io_range_to_ioreq_server", .mapRange, after: withServer),
        onGuest(
            "unmap_io_range_from_ioreq_server", .unmapRange,
            after: { lab in
                withServer(lab)
                _ = lab.range(.mapRange, 0, 0, 0, 0)
            }),
        onGuest("set_ioreq_server_state", .setServerState, after: withServer),
        onGuest("destroy_ioreq_server", .destroyServer, after: withServer),
        onGuest("track_dirty_vram", .trackDirtyVideoMemory, second: 0),
        onGuest("set_pci_intx_level", .setPCILevel),
        onGuest("set_isa_irq_level", .setISALevel),
        onGuest("set_pci_link_route", .setPCILinkRoute),
        onGuest("modified_memory", .modifiedMemory, second: 0),
        onGuest("set_mem_type", .setMemoryType) { $0.set(1 as UInt32, at: 0) },
        onGuest("inject_event", .injectEvent),
        onGuest("inject_msi", .injectMessage) { $0.set(0x30 as UInt32, at: 0) },
        onGuest("map_mem_type_to_ioreq_server", .mapMemoryType, after: withServer) { call in
            call.set(4 as UInt16, at: 2)
            call.set(2 as UInt32, at: 4)
        },
        onGuest("remote_shutdown", .remoteShutdown),
        onGuest("relocate_memory", .relocateMemory),
        onGuest("pin_memory_cacheattr", .pinCacheAttribute),
        onGuest("nr_vcpus", .processorCount),
        PermissionCase(
            name: "sched_op: remote_shutdown",
            needs: [.init("dom0", "guest", "domain", "shutdown", for: "source=d0 target=d1")],
            prepare: { try $0.createDomain() },
            run: { lab in
                var call = ABIStructure(size: 8)
                call.set(1 as UInt16, at: 0)
                _ = lab.memory.write(call.bytes, at: Lab.argument)
                return lab.call(.scheduler, [4, Lab.argument])
            }),
        PermissionCase(
            name: "memory_op: acquire_resource, of an ioreq server",
            needs: [.init("dom0", "guest", "domain2", "resource_map", for: "source=d0 target=d1")],
            prepare: {
                try $0.createDomain()
                withServer($0)
            },
            run: { lab in
                do throws(XenErrorNumber) {
                    return Int64(try lab.pages().count)
                } catch {
                    return -Int64(error.rawValue)
                }
            }),
    ]
}
