import Flask

/// What a guest in hardware has beside its memory: its parameters, and alternate views of its memory.
struct HVMState: Sendable {
    var parameters: [UInt64] = {
        var parameters = [UInt64](repeating: 0, count: Int(HVMParameter.count))
        // What a triple fault is: the guest's wish to be booted again.
        parameters[Int(HVMParameter.tripleFaultReason.rawValue)] = 1
        return parameters
    }()
    var isSuspended = false
    /// By processor, at which vector it hears of event channels.
    var upcallVectors: [UInt32: UInt8] = [:]
    var hasAlternateViews = false
    /// By number; the first is what the memory is like without any.
    var views: [UInt16: AlternateView] = [:]
    /// What may be done with frames that nobody says anything else of, and with others (`XENMEM_access_*`).
    var defaultAccess: UInt16 = 7
    var accesses: [UInt64: UInt16] = [:]
    /// By processor: which view it has, and the frame at which it is told of what it may not do.
    var processorViews: [UInt32: UInt16] = [:]
    var notificationFrames: [UInt32: UInt64] = [:]

    /// So many views there can be (Xen: `MAX_ALTP2M`).
    static let mostViews: UInt16 = 10

    subscript(parameter: HVMParameter) -> UInt64 {
        get { parameters[Int(parameter.rawValue)] }
        set { parameters[Int(parameter.rawValue)] = newValue }
    }

    /// What `XENMEM_access_default` stands for. Throws `EINVAL` for what is no access.
    func access(_ access: UInt16, of view: UInt16) throws(XenErrorNumber) -> UInt16 {
        guard access <= 10 else { throw .invalidArgument }
        return access == 10 ? views[view]?.defaultAccess ?? defaultAccess : access
    }

    /// Throws `EINVAL` when there is no such view; the first is always there.
    func checkView(_ view: UInt16) throws(XenErrorNumber) {
        guard view == 0 || views[view] != nil else { throw .invalidArgument }
    }
}
