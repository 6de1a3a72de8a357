/// What `event_channel_op` can be asked (Xen, xen/include/public/event_channel.h: `EVTCHNOP_*`).
enum EventChannelCommand: UInt32, Hashable, Sendable, CaseIterable {
    case bindInterdomain = 0
    case bindVirtualInterrupt = 1
    case bindPhysicalInterrupt = 2
    case close = 3
    case send = 4
    case status = 5
    case allocateUnbound = 6
    case bindInterprocessor = 7
    case bindProcessor = 8
    case unmask = 9
    case reset = 10
    case initializeControl = 11
    case expandArray = 12
    case setPriority = 13
    case continueReset = 14

    /// How large the structure behind the pointer is.
    var size: Int {
        switch self {
        case .bindInterdomain, .bindVirtualInterrupt, .bindPhysicalInterrupt: 12
        case .allocateUnbound, .bindInterprocessor, .bindProcessor, .expandArray, .setPriority: 8
        case .close, .send, .unmask: 4
        case .status, .initializeControl: 24
        case .reset, .continueReset: 2
        }
    }
}
