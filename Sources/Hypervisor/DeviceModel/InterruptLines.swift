/// The interrupt lines of a domain's chip set as its device model sets them (Xen, xen/arch/x86/hvm/irq.c). What the
/// controllers make of them is not kept.
struct InterruptLines: Sendable {
    /// By device and line.
    private(set) var pciLines: (UInt64, UInt64) = (0, 0)
    /// By interrupt.
    private(set) var isaLines: UInt16 = 0
    /// Which interrupt each of the four links is routed to; 0 where it is to none.
    private(set) var routes: [UInt8] = [0, 0, 0, 0]
    /// How many lines assert each link, and each input of the interrupt controller.
    private(set) var linkCounts = [Int](repeating: 0, count: 4)
    private(set) var inputCounts = [Int](repeating: 0, count: 48)

    /// Which input a device's line asserts, and which link.
    static func input(_ device: UInt8, _ line: UInt8) -> Int { ((Int(device) << 2) + (Int(device) >> 3) + Int(line)) & 31 + 16 }
    static func link(_ device: UInt8, _ line: UInt8) -> Int { (Int(device) + Int(line)) & 3 }
    /// Which input an interrupt of old is.
    static func input(isa interrupt: UInt8) -> Int { interrupt == 0 ? 2 : Int(interrupt) }

    func isAsserted(device: UInt8, line: UInt8) -> Bool {
        let bit = UInt64(device) * 4 + UInt64(line)
        return (bit < 64 ? pciLines.0 >> bit : pciLines.1 >> (bit - 64)) & 1 == 1
    }

    func isAsserted(isa interrupt: UInt8) -> Bool { isaLines >> UInt16(interrupt) & 1 == 1 }

    /// Whether an input of the interrupt controller is asserted by anybody.
    func isAsserted(input: Int) -> Bool { inputCounts.indices.contains(input) && inputCounts[input] > 0 }

    /// Sets a line of a device, below 32 and 4.
    mutating func set(device: UInt8, line: UInt8, _ isAsserted: Bool) {
        guard self.isAsserted(device: device, line: line) != isAsserted else { return }
        let bit = UInt64(device) * 4 + UInt64(line)
        if bit < 64 { pciLines.0 ^= 1 << bit } else { pciLines.1 ^= 1 << (bit - 64) }
        let step = isAsserted ? 1 : -1
        inputCounts[Self.input(device, line)] += step
        let link = Self.link(device, line)
        linkCounts[link] += step
        let changes = isAsserted ? linkCounts[link] == 1 : linkCounts[link] == 0
        if changes, routes[link] != 0 { inputCounts[Int(routes[link])] += step }
    }

    /// Sets an interrupt of old, below 16.
    mutating func set(isa interrupt: UInt8, _ isAsserted: Bool) {
        guard self.isAsserted(isa: interrupt) != isAsserted else { return }
        isaLines ^= 1 << UInt16(interrupt)
        inputCounts[Self.input(isa: interrupt)] += isAsserted ? 1 : -1
    }

    /// Routes a link, below 4, to an interrupt below 16, or to none.
    mutating func route(_ link: UInt8, to interrupt: UInt8) {
        let old = routes[Int(link)]
        guard old != interrupt else { return }
        routes[Int(link)] = interrupt
        guard linkCounts[Int(link)] > 0 else { return }
        if old != 0 { inputCounts[Int(old)] -= 1 }
        if interrupt != 0 { inputCounts[Int(interrupt)] += 1 }
    }
}
