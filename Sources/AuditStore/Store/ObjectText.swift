internal import AuditLog
public import Flask

/// Hardware in the words of a line, which is how it is kept.
public enum ObjectText {
    public static func text(_ object: AuditObject) -> [UInt8] {
        func hexadecimal(_ number: UInt64) -> String { "0x" + String(number, radix: 16) }
        switch object {
        case .device(let number): return Array("device=\(hexadecimal(number))".utf8)
        case .interrupt(let number): return Array("irq=\(number)".utf8)
        case .range(let low, let high): return Array("range=\(hexadecimal(low))-\(hexadecimal(high))".utf8)
        case .memory(let entry, let frame): return Array("pte=\(hexadecimal(entry)) mfn=\(hexadecimal(frame))".utf8)
        case .deviceTreeNode(let path): return Array("dtdevice=".utf8) + path
        }
    }

    /// The hardware; nil when the words are of no form that is known.
    public static func object(_ text: [UInt8]) -> AuditObject? { DenialFields.object(text) }
}
