/// The words by which a user says what kind of device a text is about.
public enum DeviceKind: String, CaseIterable, Sendable {
    case pci, memory, frames, ports, irq, dt
}
