public import Flask
import PolicyCompiler

/// Something that a policy can label: what a statement about devices names.
public enum Device: Hashable, Sendable {
    case pci(PCIAddress)
    case memory(PageFrames)
    case ports(ClosedRange<UInt32>)
    case interrupt(UInt32)
    case node(Name)

    /// Ports of x86 have sixteen bits.
    static let highestPort: UInt32 = 0xffff
    /// Xen keeps sixteen bits of an interrupt's number.
    static let highestInterrupt: UInt32 = 0xffff

    /// The kind of statement that labels it.
    public var kind: StatementKind {
        switch self {
        case .pci: .pciDevice
        case .memory: .ioMemory
        case .ports: .ioPorts
        case .interrupt: .interrupt
        case .node: .deviceTreeNode
        }
    }

    /// The statement that gives it a context, for a policy's `device_contexts`.
    public func statement(context: [UInt8]) -> [UInt8] {
        let context = PolicyText(bytes: context)
        let text =
            switch self {
            case .pci(let address): StatementWriter.text(pciDevice: address.number, context)
            case .memory(let pages): StatementWriter.text(ioMemory: pages.frames.lowerBound, pages.frames.upperBound, context)
            case .ports(let ports): StatementWriter.text(ioPorts: ports.lowerBound, ports.upperBound, context)
            case .interrupt(let number): StatementWriter.text(interrupt: number, context)
            case .node(let path): StatementWriter.text(deviceTreeNode: path, context)
            }
        return text.bytes
    }

    /// What it is, in the words of who looks at the machine.
    public var description: String {
        switch self {
        case .pci(let address):
            "PCI device \(address): segment \(address.segment), bus \(address.bus), device \(address.device), function \(address.function)"
        case .memory(let pages):
            "memory \(DeviceNumber.text(pages.allBytes)): \(DeviceNumber.size(pages.allBytes)), frame\(pages.frames.count == 1 ? "" : "s") \(DeviceNumber.text(pages.frames))"
        case .ports(let ports): "ports \(DeviceNumber.text(UInt64(ports.lowerBound)...UInt64(ports.upperBound))): \(ports.count) of them"
        case .interrupt(let number): "interrupt line \(number)"
        case .node(let path): "node \(path) of the device tree"
        }
    }

    /// What has to be known about it.
    public var remarks: [String] {
        switch self {
        case .pci: ["its message interrupts (MSI, MSI-X) have this label too"]
        case .memory(let pages): Self.remarks(pages)
        case .ports: []
        case .interrupt(let number):
            ["this is the number of a line, which a device's pin is wired to (GSI); lspci shows it for a device that does not use message interrupts",
                "message interrupts (MSI, MSI-X) have the label of their PCI device, and need no pirqcon"]
                + (number < 16 ? ["lines below 16 may be the machine's own: clock, keyboard, serial port"] : [])
        case .node: ["only Arm has device trees; policies hold nodes since version 30, which Xen loads since 4.6"]
        }
    }

    private static func remarks(_ pages: PageFrames) -> [String] {
        var remarks: [String] = []
        if let before = pages.before {
            remarks.append("\(DeviceNumber.hex(pages.bytes.lowerBound)) begins no page: \(DeviceNumber.text(before)) is labelled with it")
        }
        if let behind = pages.behind {
            remarks.append("\(DeviceNumber.hex(pages.bytes.upperBound)) ends no page: \(DeviceNumber.text(behind)) is labelled with it")
            if pages.bytes.upperBound & 0xfff == 0, pages.bytes.lowerBound < pages.bytes.upperBound {
                remarks.append("the end of a range is a part of it: did you mean \(DeviceNumber.hex(pages.bytes.upperBound - 1))?")
            }
        }
        if pages.frames.upperBound > UInt64(UInt32.max) {
            remarks.append("it lies above 16 TiB (44 bits): version 24, before Xen 4.6, cannot hold it; version 30 can")
        }
        return remarks
    }
}
