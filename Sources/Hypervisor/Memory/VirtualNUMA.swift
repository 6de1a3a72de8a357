/// What a guest is told of the nodes of its memory, as `XEN_DOMCTL_setvnumainfo` set it.
struct VirtualNUMA: Hashable, Sendable {
    var nodes: UInt32
    /// Distances from each node to each.
    var distances: [UInt32]
    /// Each processor's node.
    var processorNodes: [UInt32]
    /// Where memory of nodes lies.
    var ranges: [Range]

    /// `struct xen_vmemrange`.
    struct Range: Hashable, Sendable {
        var start: UInt64
        var end: UInt64
        var flags: UInt32
        var node: UInt32
    }
}
