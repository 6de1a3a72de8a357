public import Flask

/// What a kernel looks at before it binds a program's event channels, as Linux does behind /dev/xen/evtchn
/// (drivers/xen/evtchn.c). It belongs to an open file.
public struct EventChannelAudit: Hashable, Sendable {
    /// The only domain to whose ports may be bound; nil where all may.
    public private(set) var restriction: UInt16?

    /// Whether it was restricted before the program had it, who then does not know.
    private var isRestrictedFromStart = false

    /// Not restricted.
    public init() {}

    /// One that is restricted from the start to the domain that its owner may reach, if he is limited to one.
    init(_ owner: ClientOwner?) {
        restriction = owner?.limits.restriction
        isRestrictedFromStart = restriction != nil
    }

    /// Restricts it to a domain, once (`IOCTL_EVTCHN_RESTRICT_DOMID`). Throws `EACCES` when it is restricted, be it to the same
    /// domain; `EINVAL` for dom0 and for numbers that are no domain's.
    public mutating func restrict(to domain: UInt16) throws(XenErrorNumber) {
        if isRestrictedFromStart, restriction == domain {
            isRestrictedFromStart = false
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
