import Flask

/// What a domain has, beside what ``Domain`` says of it. Each area keeps its part in a type of its own.
struct DomainState: Sendable {
    let domain: Domain
    var handle = [UInt8](repeating: 0, count: 16)
    var isHVM = false
    var hasHAP = false
    var isIOMMUEnabled = false
    /// How the domain was asked for: flags, emulated devices and limits, told again to whoever asks.
    var configuration = DomainConfiguration()
    var processors: [VirtualProcessor] = []
    /// How often control software has paused it and not let it go on.
    var pauseCount = 1
    var isDying = false
    /// Why it shut down, once it has.
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

    init(_ domain: Domain) {
        self.domain = domain
        guard domain.number.rawValue == 0 else { return }
        resources = .all
        argo.isEnabled = true
    }
}
