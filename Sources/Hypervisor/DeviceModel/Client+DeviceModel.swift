public import Flask
import Synchronization

extension Hypervisor.Client {
    /// The pages of an ioreq server of the caller's, from a frame on, as `XENMEM_acquire_resource` gives them: what a client
    /// maps by the memory's descriptor (Xen, xen/common/memory.c: `acquire_resource`). Frame 0 is the ring's, frame 1 holds a
    /// request for each processor.
    ///
    /// Throws `EINVAL`, `ESRCH`, `EPERM` for the caller's own domain or another's server, what the hook says, `ENOENT` and
    /// `ENOMEM`.
    public func ioRequestPages(
        of number: UInt16, server: UInt32, frame: UInt64, count: UInt32
    ) throws(XenErrorNumber) -> [SharedPage] {
        guard frame >> 32 == 0, (frame + UInt64(count)) >> 32 == 0 else { throw .invalidArgument }
        guard let domain = hypervisor.domain(number) else { throw .noSuchDomain }
        guard domain !== caller.domain else { throw .operationNotPermitted }
        try hypervisor.hooks.mapResource(domain, caller)
        guard count > 0 else { throw .invalidArgument }
        return try hypervisor.acquireIORequestPages(of: domain, server: server, frame: frame, count: count, caller)
    }
}
