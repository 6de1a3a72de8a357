/// What stands behind an interrupt of a guest's in hardware (Xen, xen/arch/x86/irq.c: `map_domain_emuirq_pirq`).
enum EmulatedInterrupt: Hashable, Sendable {
    /// Messages of emulated devices (`IRQ_MSI_EMU`).
    case message
    /// A device of the machine (`IRQ_PT`).
    case device
    /// A line that is emulated.
    case line(UInt32)
}

extension DeviceModelState {
    /// Puts something behind a guest's interrupt. Where there is something else, or that line is behind another, all stays as it
    /// is, and Xen says nothing.
    mutating func map(_ number: UInt32, to interrupt: EmulatedInterrupt) {
        guard emulatedInterrupts[number] == nil else { return }
        if case .line = interrupt, emulatedInterrupts.values.contains(interrupt) { return }
        emulatedInterrupts[number] = interrupt
    }
}
