/// What of the hardware a decision was about, where a hook knows it (Xen, xen/xsm/flask/include/avc.h:
/// `struct avc_audit_data`).
public enum AuditObject: Hashable, Sendable {
    /// A PCI device; before Xen 4.2 also an interrupt, a page frame or a port.
    case device(UInt64)
    case interrupt(Int32)
    /// Ports or page frames, both ends included.
    case range(UInt64, UInt64)
    /// A page table entry, and the page frame that it would map.
    case memory(entry: UInt64, frame: UInt64)
    /// The path of a node of the device tree.
    case deviceTreeNode([UInt8])
}

extension AuditObject {
    enum Kind: CaseIterable, Sendable { case device, interrupt, range, memory, deviceTreeNode }

    /// A value as a line holds it.
    enum Value: Hashable, Sendable {
        case number(UInt64)
        case bytes([UInt8])
    }

    /// The kind, and the values in the order in which a line tells of them.
    var parts: (kind: Kind, values: [Value]) {
        switch self {
        case .device(let number): (.device, [.number(number)])
        case .interrupt(let number): (.interrupt, [.number(UInt64(bitPattern: Int64(number)))])
        case .range(let low, let high): (.range, [.number(low), .number(high)])
        case .memory(let entry, let frame): (.memory, [.number(entry), .number(frame)])
        case .deviceTreeNode(let path): (.deviceTreeNode, [.bytes(path)])
        }
    }

    /// An object of these parts; nil when they are not those of the kind.
    init?(_ kind: Kind, _ values: [Value]) {
        switch (kind, values.first, values.last, values.count) {
        case (.device, .number(let number)?, _, 1): self = .device(number)
        case (.interrupt, .number(let number)?, _, 1):
            guard let number = Int32(exactly: Int64(bitPattern: number)) else { return nil }
            self = .interrupt(number)
        case (.range, .number(let low)?, .number(let high)?, 2): self = .range(low, high)
        case (.memory, .number(let entry)?, .number(let frame)?, 2): self = .memory(entry: entry, frame: frame)
        case (.deviceTreeNode, .bytes(let path)?, _, 1): self = .deviceTreeNode(path)
        default: return nil
        }
    }
}
