/// A domain's rings, into which others put messages (Xen, xen/common/argo.c).
struct ArgoState: Sendable {
    /// Whether the domain was let use messages when it was created.
    var isEnabled = false
    var rings: [Identifier: Ring] = [:]

    /// Who may send to it, and to which port.
    struct Identifier: Hashable, Sendable {
        let port: UInt32
        let partner: UInt16

        /// Stands for everybody (`XEN_ARGO_DOMID_ANY`).
        static let anybody: UInt16 = 0x7ff4
    }

    struct Ring: Hashable, Sendable {
        /// How many bytes it has room for.
        let length: UInt32
        var frames: [UInt64]
        /// How many of them are taken by messages. Nobody who has no memory of guests sees the receiver read: it is read
        /// by `takeMessages`.
        var used: UInt32 = 0
        var messages: [Message] = []
        /// Who waits for how much room.
        var waiting: [UInt16: UInt32] = [:]

        /// A message must leave a slot of 16 bytes free, so that a full ring is no empty one.
        var maximumMessage: UInt32 { length - 32 }
        var space: UInt32 { length - used > 32 ? length - used - 32 : 0 }
    }

    struct Message: Hashable, Sendable {
        let sender: UInt16
        let port: UInt32
        let type: UInt32
        let data: [UInt8]
    }
}
