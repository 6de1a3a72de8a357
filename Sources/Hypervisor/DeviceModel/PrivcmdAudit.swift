public import Flask

/// What a kernel looks at before it hands a program's hypercalls on, as Linux does behind /dev/xen/privcmd
/// (drivers/xen/privcmd.c): the number and size of buffers, and a domain to which an open file has been restricted, which
/// nothing undoes.
///
/// It belongs to an open file, and is where that file is: after a fork, and after it was handed to another process.
public struct PrivcmdAudit: Hashable, Sendable {
    /// How many buffers an operation may have, and how many bytes each (the module's parameters `dm_op_max_nr_bufs` and
    /// `dm_op_buf_max_size`).
    public static let bufferLimit: UInt32 = 16
    public static let bufferSizeLimit: UInt64 = 4_096
    /// The number that stands for no domain (`DOMID_INVALID`): to be restricted to it is not to be restricted.
    public static let noDomain: UInt16 = 0x7ff4

    /// The only domain that may be reached; nil where all may.
    public private(set) var restriction: UInt16?

    /// Not restricted.
    public init() {}

    /// Restricts it to what its owner may reach, if that is one domain: by now, as he may be restricted while it is open. Where it
    /// was restricted to another before, nothing is left to be reached.
    mutating func follow(_ owner: ClientOwner?) {
        guard let limit = owner?.restriction, restriction != limit else { return }
        restriction = restriction == nil ? limit : Self.noDomain
    }

    /// Restricts it to a domain (`IOCTL_PRIVCMD_RESTRICT`). Throws `EINVAL` when it is restricted to another.
    public mutating func restrict(to domain: UInt16) throws(XenErrorNumber) {
        guard let restriction else {
            restriction = domain == Self.noDomain ? nil : domain
            return
        }
        guard restriction == domain else { throw .invalidArgument }
    }

    /// Any hypercall (`IOCTL_PRIVCMD_HYPERCALL`). Throws `EPERM` where only one domain may be reached.
    public func hypercall() throws(XenErrorNumber) {
        guard restriction == nil else { throw .operationNotPermitted }
    }

    /// What is about one domain: mapping its memory or resources, device-model operations. Throws `EPERM` for another one.
    public func reach(_ domain: UInt16) throws(XenErrorNumber) {
        guard restriction == nil || restriction == domain else { throw .operationNotPermitted }
    }

    /// A device-model operation with a number of buffers (`IOCTL_PRIVCMD_DM_OP`), before they are looked at: whether there is
    /// anything to do. Without buffers all is well, other than for Xen: that is how it is found out that the call is there.
    /// Throws `EPERM` and `E2BIG`.
    public func deviceModelOperation(_ domain: UInt16, count: UInt32) throws(XenErrorNumber) -> Bool {
        try reach(domain)
        guard count > 0 else { return false }
        guard count <= Self.bufferLimit else { throw .tooBig }
        return true
    }

    /// The buffers of a device-model operation. All of each must be there, and writable, also where it is only read. Throws
    /// `E2BIG` and `EFAULT`.
    public func buffers(
        _ buffers: [(address: UInt64, size: UInt64)], isWritable: (_ address: UInt64, _ size: UInt64) -> Bool
    ) throws(XenErrorNumber) {
        for buffer in buffers {
            guard buffer.size <= Self.bufferSizeLimit else { throw .tooBig }
            guard !buffer.address.addingReportingOverflow(buffer.size).overflow else { throw .badAddress }
        }
        for buffer in buffers where buffer.size > 0 {
            guard isWritable(buffer.address, buffer.size) else { throw .badAddress }
        }
    }
}
