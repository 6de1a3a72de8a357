/// What a domain may use of the machine's devices, and what of it has been mapped for it.
struct ResourceAccess: Sendable {
    var interrupts = RangeSet()
    var ports = RangeSet()
    /// Page frames of devices.
    var memory = RangeSet()
    /// Memory of devices that lies in the domain: the machine's page frames by the domain's.
    var mappedMemory: [UInt64: UInt64] = [:]
    /// The machine's interrupts by the domain's numbers for them (Xen: pirq).
    var mappedInterrupts: [Int32: Int32] = [:]
    /// Numbers that a domain has asked for, and has not used yet.
    var reservedInterrupts: Set<Int32> = []
    /// The domain's interrupts that are those of devices: `struct xen_domctl_bind_pt_irq` by the domain's number.
    var passthrough: [UInt32: [UInt8]] = [:]

    /// Everything: what the first domain has.
    static let all: ResourceAccess = {
        var all = ResourceAccess()
        all.interrupts = RangeSet(1...UInt64(InterruptTable.count - 1))
        all.ports = RangeSet(0...0xffff)
        all.memory = RangeSet(0...UInt64.max)
        return all
    }()
}
