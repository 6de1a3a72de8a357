/// A domain's rings, into which others put messages (Xen, xen/common/argo.c).
struct ArgoState: Sendable {
    /// Whether the domain was let use messages when it was created.
    var isEnabled = false
    var rings: [Identifier: ArgoRing] = [:]

    /// Who may send to it, and to which port.
    struct Identifier: Hashable, Sendable {
        let port: UInt32
        let partner: UInt16

        /// Stands for everybody (`XEN_ARGO_DOMID_ANY`).
        static let anybody: UInt16 = 0x7ff4
    }

    struct Message: Hashable, Sendable {
        let sender: UInt16
        let port: UInt32
        let type: UInt32
        let data: [UInt8]
    }

    /// Which ring a sender's messages to a port go into: one of his own before everybody's.
    func identifier(port: UInt32, sender: UInt16) -> Identifier? {
        [sender, Identifier.anybody].map { Identifier(port: port, partner: $0) }.first { rings[$0] != nil }
    }
}
