public import Flask

extension Hypervisor.Client {
    /// How many frames a resource of a domain has at most, as `XENMEM_acquire_resource` tells it: `kind` 0 is an I/O request
    /// server's pages, 1 the grant table (`number` 0, or 1 for its states), 2 a processor's trace.
    ///
    /// Throws `ESRCH`, `EPERM` for the caller's own, `EINVAL` for what is not there, and what the hook says.
    public func resourceSize(_ domain: UInt16, kind: UInt32, number: UInt32) throws(XenErrorNumber) -> UInt32 {
        let domain = try hypervisor.remoteDomain(domain, caller)
        try hypervisor.hooks.mapResource(domain, caller)
        let size = try hypervisor.resourceSize(domain, .init(rawValue: kind), number)
        guard size > 0 else { throw .invalidArgument }
        return size
    }

    /// Frames of a resource of a domain, to be mapped by a process of the caller's domain: `domain2:resource_map` is asked for.
    /// They have a memory of their own, which may be handed out.
    ///
    /// Throws as ``resourceSize(_:kind:number:)``, `EOPNOTSUPP` for an unknown kind, and `ENOENT`.
    public func mapResource(
        _ domain: UInt16, kind: UInt32, number: UInt32, frames: Range<UInt32>
    ) throws(XenErrorNumber) -> ResourceFrames {
        guard !frames.isEmpty else { throw .invalidArgument }
        let domain = try hypervisor.remoteDomain(domain, caller)
        try hypervisor.hooks.mapResource(domain, caller)
        let kind = Hypervisor.ResourceKind(rawValue: kind)
        guard try hypervisor.resourceSize(domain, kind, number) > 0 else { throw .invalidArgument }
        return try hypervisor.resource(domain, kind, number, frames, caller)
    }
}
