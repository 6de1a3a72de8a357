/// What `argo_op` can be asked for (Xen, xen/include/public/argo.h: `XEN_ARGO_OP_*`).
enum ArgoCommand: UInt64, Hashable, Sendable, CaseIterable {
    case registerRing = 1
    case unregisterRing = 2
    case send = 3
    case notify = 4
}
