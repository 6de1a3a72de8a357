/// What `dm_op` can be asked (Xen, xen/include/public/hvm/dm_op.h: `XEN_DMOP_*`).
enum DeviceModelCommand: UInt32, Hashable, Sendable, CaseIterable {
    case createServer = 1
    case getServerInfo = 2
    case mapRange = 3
    case unmapRange = 4
    case setServerState = 5
    case destroyServer = 6
    case trackDirtyVideoMemory = 7
    case setPCILevel = 8
    case setISALevel = 9
    case setPCILinkRoute = 10
    case modifiedMemory = 11
    case setMemoryType = 12
    case injectEvent = 13
    case injectMessage = 14
    case mapMemoryType = 15
    case remoteShutdown = 16
    case relocateMemory = 17
    case pinCacheAttribute = 18
    /// There is none on x86.
    case setInterruptLevel = 19
    case processorCount = 20

    /// What Xen's interface calls it.
    var name: String {
        switch self {
        case .createServer: "create_ioreq_server"
        case .getServerInfo: "get_ioreq_server_info"
        case .mapRange: "map_io_range_to_ioreq_server"
        case .unmapRange: "unmap_io_range_from_ioreq_server"
        case .setServerState: "set_ioreq_server_state"
        case .destroyServer: "destroy_ioreq_server"
        case .trackDirtyVideoMemory: "track_dirty_vram"
        case .setPCILevel: "set_pci_intx_level"
        case .setISALevel: "set_isa_irq_level"
        case .setPCILinkRoute: "set_pci_link_route"
        case .modifiedMemory: "modified_memory"
        case .setMemoryType: "set_mem_type"
        case .injectEvent: "inject_event"
        case .injectMessage: "inject_msi"
        case .mapMemoryType: "map_mem_type_to_ioreq_server"
        case .remoteShutdown: "remote_shutdown"
        case .relocateMemory: "relocate_memory"
        case .pinCacheAttribute: "pin_memory_cacheattr"
        case .setInterruptLevel: "set_irq_level"
        case .processorCount: "nr_vcpus"
        }
    }

    /// How many numbers Xen knows; 0 is one that does nothing.
    static let numberCount: UInt32 = 21

    /// How large the operation's own part is.
    var size: Int {
        switch self {
        case .createServer, .setPCILevel: 6
        case .getServerInfo, .mapRange, .unmapRange, .injectEvent, .relocateMemory, .pinCacheAttribute: 24
        case .setServerState, .destroyServer, .remoteShutdown, .processorCount: 4
        case .trackDirtyVideoMemory, .setMemoryType, .injectMessage, .mapMemoryType: 16
        case .setISALevel, .setPCILinkRoute: 2
        case .modifiedMemory: 8
        case .setInterruptLevel: 0
        }
    }
}
