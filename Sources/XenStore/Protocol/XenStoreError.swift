/// Why a request was refused; the raw value is the name that goes over the wire (Xen, xen/include/public/io/xs_wire.h:
/// `xsd_errors`).
public enum XenStoreError: String, Error, Hashable, Sendable {
    case invalidArgument = "EINVAL"
    case accessDenied = "EACCES"
    case exists = "EEXIST"
    case notFound = "ENOENT"
    case outOfMemory = "ENOMEM"
    /// Quotas on nodes, their size, and transactions.
    case noSpace = "ENOSPC"
    case inputOutput = "EIO"
    case notSupported = "ENOSYS"
    case busy = "EBUSY"
    /// A transaction conflicts with what others changed: the caller is to begin it again.
    case tryAgain = "EAGAIN"
    case tooBig = "E2BIG"
    case notPermitted = "EPERM"
}
