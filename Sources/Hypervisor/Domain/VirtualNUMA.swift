/// How a domain's memory and processors are to seem to lie (Xen, xen/common/domctl.c: `struct vnuma_info`).
struct VirtualNUMA: Hashable, Sendable {
    var nodeCount: UInt32
    var distances: [UInt32]
    var nodeOfProcessor: [UInt32]
    var machineNodes: [UInt32]
    var ranges: [Range]

    /// `struct xen_vmemrange`.
    struct Range: Hashable, Sendable {
        var start: UInt64
        var end: UInt64
        var flags: UInt32
        var node: UInt32
    }
}
