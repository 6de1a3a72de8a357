/// What a program, and all that it starts, may use together: of what is nil, whatever there is.
public struct ControlGroupLimits: Hashable, Sendable {
    /// Bytes, none of them on disk.
    public var memory: UInt64?
    /// Thousandths of a processor's time.
    public var processor: UInt32?
    /// Processes and threads at once.
    public var processes: UInt32?
    /// Whether devices other than these can be opened.
    public var devices: [DeviceRule]?
    /// Where these cannot be had, the launch goes on, and says so.
    public var optional: Set<ControlGroupController> = []

    public init() {}

    /// What a processor's time can be limited to: the kernel counts no less than a millisecond of a hundred.
    public static let processorRange: ClosedRange<UInt32> = 10...1_000_000
    /// What memory can be limited to: what is less than this no program starts with.
    public static let memoryRange: ClosedRange<UInt64> = 1 << 20...1 << 50
    /// How many processes are a limit (Linux, kernel/cgroup/pids.c: `PIDS_MAX`).
    public static let processesRange: ClosedRange<UInt32> = 1...4_194_304

    /// What is limited.
    var amounts: [ControlGroupLimit.Amount] {
        var amounts: [ControlGroupLimit.Amount] = []
        // The kernel counts pages.
        if let memory { amounts.append(.memory(memory & ~0xfff)) }
        if let processor { amounts.append(.processor(processor)) }
        if let processes { amounts.append(.processes(processes)) }
        if let devices { amounts.append(.devices(DeviceRule.merged(devices))) }
        return amounts
    }

    /// The first that is no limit.
    var mistake: ControlGroupController? {
        if let memory, !Self.memoryRange.contains(memory) { return .memory }
        if let processor, !Self.processorRange.contains(processor) { return .cpu }
        if let processes, !Self.processesRange.contains(processes) { return .pids }
        // More are no program for the kernel (`DeviceProgram`), nor what a device model needs.
        if let devices, devices.count > 256 { return .devices }
        return nil
    }
}
