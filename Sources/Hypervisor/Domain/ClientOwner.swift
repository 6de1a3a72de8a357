/// Who stands behind hypercalls, where several programs make them as one domain. Two are the same only if they are one
/// object.
public final class ClientOwner: Sendable {
    /// The device-model operations that it may ask for, by number; nil where the hooks alone decide. Xen has no such limit.
    public let deviceModelOperations: Set<UInt32>?

    /// By choice one to whom only some device-model operations (`XEN_DMOP_*`) are open.
    public init(deviceModelOperations: Set<UInt32>? = nil) {
        self.deviceModelOperations = deviceModelOperations
    }
}
