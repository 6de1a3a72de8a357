public import Flask

extension AuditObject {
    /// What a person calls the hardware.
    public var words: String {
        func hexadecimal(_ number: UInt64) -> String { "0x" + String(number, radix: 16) }
        return switch self {
        case .device(let number): "device \(hexadecimal(number))"
        case .interrupt(let number): "irq \(number)"
        case .range(let low, let high): low == high ? hexadecimal(low) : "\(hexadecimal(low))-\(hexadecimal(high))"
        case .memory(let entry, let frame): "pte \(hexadecimal(entry)) mfn \(hexadecimal(frame))"
        case .deviceTreeNode(let path): String(decoding: path, as: UTF8.self)
        }
    }
}
