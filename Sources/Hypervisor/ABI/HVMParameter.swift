/// Parameters of a guest in hardware that decide about more than themselves (Xen, xen/include/public/hvm/params.h:
/// `HVM_PARAM_*`).
enum HVMParameter: UInt32, Hashable, Sendable, CaseIterable {
    case callbackIRQ = 0
    case storeFrame = 1
    case storePort = 2
    case paeEnabled = 4
    case ioRequestFrame = 5
    case bufferedIORequestFrame = 6
    case viridian = 9
    case timerMode = 10
    case hpetEnabled = 11
    case identityPageTable = 12
    case deviceModelDomain = 13
    case acpiSleepState = 14
    case vm86TSS = 15
    case vptAlign = 16
    case consoleFrame = 17
    case consolePort = 18
    case acpiPorts = 19
    case eventOnCR0 = 20
    case eventOnCR3 = 21
    case eventOnCR4 = 22
    case eventOnINT3 = 23
    case nestedHVM = 24
    case eventOnSingleStep = 25
    case bufferedIORequestPort = 26
    case pagingRingFrame = 27
    case monitorRingFrame = 28
    case sharingRingFrame = 29
    case eventOnMSR = 30
    case tripleFaultReason = 31
    case serverFrames = 32
    case serverFrameCount = 33
    case generationIDAddress = 34
    case alternateViews = 35
    case x87InstructionPointerWidth = 36
    case vm86TSSSized = 37
    case machineCheckCapabilities = 38

    static let count: UInt32 = 39

    /// Nobody may set or get them any more.
    var isDeprecated: Bool {
        switch self {
        case .paeEnabled, .deviceModelDomain, .eventOnCR0, .eventOnCR3, .eventOnCR4, .eventOnINT3, .nestedHVM,
            .eventOnSingleStep, .bufferedIORequestPort, .eventOnMSR:
            true
        default: false
        }
    }

    /// The guest may set it for itself.
    var isSetByGuest: Bool {
        switch self {
        case .callbackIRQ, .vm86TSS, .vm86TSSSized, .acpiPorts, .generationIDAddress, .storePort, .consolePort,
            .x87InstructionPointerWidth:
            true
        default: false
        }
    }

    /// The guest may get its own.
    var isGotByGuest: Bool {
        isSetByGuest || self == .storeFrame || self == .consoleFrame || self == .alternateViews
    }

    /// Once it is not zero it stays as it is.
    var isSetOnce: Bool {
        switch self {
        case .viridian, .ioRequestFrame, .bufferedIORequestFrame, .serverFrames, .serverFrameCount, .alternateViews,
            .machineCheckCapabilities:
            true
        default: false
        }
    }
}
