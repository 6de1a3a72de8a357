public import Flask

/// What a kernel looks at before it binds a program's event channels, as Linux does behind /dev/xen/evtchn
/// (drivers/xen/evtchn.c). It belongs to an open file.
public struct EventChannelAudit: Hashable, Sendable {
    /// The only domain to whose ports may be bound; nil where all may.
    public private(set) var restriction: UInt16?

    /// Whether it was restricted with its owner, and the program does not know.
    private var isRestrictedByOwner = false

    /// Not restricted.
    public init() {}

    /// Restricts it to what its owner may reach, if that is one domain: by now, as he may be restricted while it is open. Where it
    /// was restricted to another before, nothing is left to be bound.
    mutating func follow(_ owner: ClientOwner?) {
        guard let limit = owner?.restriction, restriction != limit else { return }
        isRestrictedByOwner = restriction == nil
        restriction = restriction == nil ? limit : PrivcmdAudit.noDomain
    }

    /// Restricts it to a domain, once (`IOCTL_EVTCHN_RESTRICT_DOMID`). Throws `EACCES` when it is restricted, be it to the same
    /// domain; `EINVAL` for dom0 and for numbers that are no domain's.
    public mutating func restrict(to domain: UInt16) throws(XenErrorNumber) {
        if isRestrictedByOwner, restriction == domain {
            isRestrictedByOwner = false
            return
        }
        guard restriction == nil else { throw .permissionDenied }
        guard domain > 0, domain < Machine.firstReservedNumber else { throw .invalidArgument }
        restriction = domain
    }

    /// Throws `EACCES` where only one domain may be reached.
    public func bindVirtualInterrupt() throws(XenErrorNumber) {
        guard restriction == nil else { throw .permissionDenied }
    }

    /// Throws `EACCES` where only one domain may be reached, even for that one.
    public func bindUnbound() throws(XenErrorNumber) {
        guard restriction == nil else { throw .permissionDenied }
    }

    /// Throws `EACCES` for another domain than the only one. What is bound already is closed and sent by as before.
    public func bindInterdomain(_ remote: UInt16) throws(XenErrorNumber) {
        guard restriction == nil || restriction == remote else { throw .permissionDenied }
    }
}
