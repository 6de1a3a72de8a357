import Flask

/// What a domain has, beside what ``Domain`` says of it. Each area keeps its part in a type of its own.
///
/// It is a value, but lies in one place that copies share until one of them is changed: it has so many parts that to copy it for
/// each look would take longer than most hypercalls.
struct DomainState: Sendable {
    let domain: Domain
    /// Always one.
    private var parts: [Parts]

    private struct Parts {
        var handle = [UInt8](repeating: 0, count: 16)
        var isHVM = false
        var hasHAP = false
        var isIOMMUEnabled = false
        var configuration = DomainConfiguration()
        var processors: [VirtualProcessor] = []
        var pauseCount = 1
        var isDying = false
        var shutdownCode: UInt8?
        var isDebugged = false
        var timeOffset: Int64 = 0
        var addressSize: UInt32 = 64
        var maximumPages: UInt64 = 0
        var totalPages: UInt64 = 0
        var pool: UInt32 = 0
        var control = DomainControlState()
        var resources = ResourceAccess()
        var argo = ArgoState()
        var memory = GuestMemory()
        var grants = GrantTable()
        var hvm = HVMState()
        var events = EventChannels()
        var scheduling = SchedulingState()
        var deviceModel = DeviceModelState()
    }

    init(_ domain: Domain) {
        self.domain = domain
        parts = [Parts()]
        guard domain.number.rawValue == 0 else { return }
        resources = .all
        argo.isEnabled = true
    }

    var handle: [UInt8] { _read { yield parts[0].handle } _modify { yield &parts[0].handle } }
    var isHVM: Bool { _read { yield parts[0].isHVM } _modify { yield &parts[0].isHVM } }
    var hasHAP: Bool { _read { yield parts[0].hasHAP } _modify { yield &parts[0].hasHAP } }
    var isIOMMUEnabled: Bool { _read { yield parts[0].isIOMMUEnabled } _modify { yield &parts[0].isIOMMUEnabled } }
    /// How the domain was asked for: flags, emulated devices and limits, told again to whoever asks.
    var configuration: DomainConfiguration { _read { yield parts[0].configuration } _modify { yield &parts[0].configuration } }
    var processors: [VirtualProcessor] { _read { yield parts[0].processors } _modify { yield &parts[0].processors } }
    /// How often control software has paused it and not let it go on.
    var pauseCount: Int { _read { yield parts[0].pauseCount } _modify { yield &parts[0].pauseCount } }
    var isDying: Bool { _read { yield parts[0].isDying } _modify { yield &parts[0].isDying } }
    /// Why it shut down, once it has.
    var shutdownCode: UInt8? { _read { yield parts[0].shutdownCode } _modify { yield &parts[0].shutdownCode } }
    var isDebugged: Bool { _read { yield parts[0].isDebugged } _modify { yield &parts[0].isDebugged } }
    var timeOffset: Int64 { _read { yield parts[0].timeOffset } _modify { yield &parts[0].timeOffset } }
    var addressSize: UInt32 { _read { yield parts[0].addressSize } _modify { yield &parts[0].addressSize } }
    var maximumPages: UInt64 { _read { yield parts[0].maximumPages } _modify { yield &parts[0].maximumPages } }
    var totalPages: UInt64 { _read { yield parts[0].totalPages } _modify { yield &parts[0].totalPages } }
    var pool: UInt32 { _read { yield parts[0].pool } _modify { yield &parts[0].pool } }
    var control: DomainControlState { _read { yield parts[0].control } _modify { yield &parts[0].control } }
    var resources: ResourceAccess { _read { yield parts[0].resources } _modify { yield &parts[0].resources } }
    var argo: ArgoState { _read { yield parts[0].argo } _modify { yield &parts[0].argo } }
    var memory: GuestMemory { _read { yield parts[0].memory } _modify { yield &parts[0].memory } }
    var grants: GrantTable { _read { yield parts[0].grants } _modify { yield &parts[0].grants } }
    var hvm: HVMState { _read { yield parts[0].hvm } _modify { yield &parts[0].hvm } }
    var events: EventChannels { _read { yield parts[0].events } _modify { yield &parts[0].events } }
    var scheduling: SchedulingState { _read { yield parts[0].scheduling } _modify { yield &parts[0].scheduling } }
    var deviceModel: DeviceModelState { _read { yield parts[0].deviceModel } _modify { yield &parts[0].deviceModel } }
}
