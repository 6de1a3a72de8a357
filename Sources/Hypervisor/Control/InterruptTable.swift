import Flask

/// The machine's interrupts: lines, which it has from the start, and messages, which are made for devices (Xen,
/// xen/arch/x86/irq.c).
struct InterruptTable: Sendable {
    /// How many lines there are (Xen: `nr_irqs_gsi`).
    static let lines: Int32 = 24
    /// How many interrupts there are at most (Xen: `nr_irqs`).
    static let count: Int32 = 1_024

    /// Devices by interrupts that are messages.
    private(set) var messages: [Int32: UInt32] = [:]

    func kind(of number: Int32) -> Hooks.InterruptKind {
        if number < Self.lines { return .line(number) }
        if let device = messages[number] { return .message(device: device) }
        return .other(number)
    }

    /// Makes a message for a device; nil when there are too many.
    mutating func create(device: UInt32, number: Int32? = nil) -> Int32? {
        let number = number ?? (Self.lines..<Self.count).first { messages[$0] == nil }
        if let number { messages[number] = device }
        return number
    }

    /// The first number that no message has.
    var free: Int32? { (Self.lines..<Self.count).first { messages[$0] == nil } }

    mutating func remove(_ number: Int32) { messages[number] = nil }
}
