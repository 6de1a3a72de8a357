/// What the hypervisor has printed, as far as there is room: the newest bytes (Xen, xen/drivers/char/console.c: `conring`).
struct ConsoleRing: Sendable {
    private var bytes: [UInt8]
    /// How many bytes have been printed in all; the ring holds the last of them.
    private(set) var produced: UInt32 = 0
    /// Up to where a reader has cleared it.
    private var cleared: UInt32 = 0

    init(size: Int = 1 << 20) {
        bytes = [UInt8](repeating: 0, count: size)
    }

    mutating func append(_ text: [UInt8]) {
        for byte in text {
            bytes[Int(produced) % bytes.count] = byte
            produced &+= 1
        }
        if produced &- cleared > UInt32(bytes.count) { cleared = produced &- UInt32(bytes.count) }
    }

    /// The bytes from a place on, or from where they were cleared when nobody says from where; at most `limit`. And the
    /// place behind them.
    mutating func read(from index: UInt32?, limit: Int, clears: Bool) -> (bytes: [UInt8], next: UInt32) {
        var start = cleared
        if let index, Int32(bitPattern: index &- cleared) >= 0, Int32(bitPattern: produced &- index) >= 0 { start = index }
        let count = min(limit, Int(produced &- start))
        let text = (0..<count).map { bytes[Int(start &+ UInt32($0)) % bytes.count] }
        let next = start &+ UInt32(count)
        if clears { cleared = produced }
        return (text, next)
    }
}
