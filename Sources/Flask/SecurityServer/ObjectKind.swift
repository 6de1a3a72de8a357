/// What of a machine's hardware has contexts. The numbers are those of `FLASK_ADD_OCONTEXT` (Xen,
/// xen/xsm/flask/ss/policydb.h: `OCON_PIRQ` and others).
public enum ObjectKind: UInt32, Hashable, Sendable, CaseIterable {
    /// A physical interrupt, by its number.
    case interrupt = 1
    /// Ports, by their numbers.
    case ioPorts = 2
    /// Memory of devices, by page frames.
    case ioMemory = 3
    /// A PCI device: segment << 16 | bus << 8 | device << 3 | function.
    case pciDevice = 4
}
