/// What `domctl` can have done with page tables (Xen, xen/include/public/domctl.h: `XEN_DOMCTL_SHADOW_OP_*`).
enum ShadowOperation: UInt32, Hashable, Sendable, CaseIterable {
    case off = 0
    case enableTest = 1
    case enableLogDirty = 2
    case clean = 11
    case peek = 12
    case getAllocation = 30
    case setAllocation = 31
    case enable = 32
}
