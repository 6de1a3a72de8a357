/// A device on the PCI bus that the machine has been told of: its number is segment << 16 | bus << 8 | device << 3 | function.
struct PCIDevice: Hashable, Sendable {
    let number: UInt32
    /// Who has it: a domain, or `DOMID_IO` when it is kept apart.
    var owner: UInt16 = 0
    /// The node of memory that is nearest; nil when nobody knows.
    var node: UInt32?
}
