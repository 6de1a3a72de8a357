import Flask
import Synchronization
import Threading

/// Somebody on whom the domains depend that he made: they end when he is gone, however that comes about.
final class DomainKeeper: Sendable {
    private let domains = Lock<[Domain]>([])

    func keep(_ domain: Domain) { domains.withLock { $0.append(domain) } }

    /// Those that he made and nobody has destroyed meanwhile are destroyed, the last first: a device model's domain goes before its guest.
    /// The policy is asked as if he did it.
    func abandon(_ hypervisor: Hypervisor, _ caller: Caller) {
        let kept = domains.withLock { domains in
            defer { domains = [] }
            return domains
        }
        for domain in kept.reversed() where hypervisor.domain(domain.number.rawValue) === domain {
            do throws(XenErrorNumber) {
                try hypervisor.hooks.domainControl(.destroyDomain, domain, caller)
            } catch {
                continue
            }
            hypervisor.notify(.abandoned(domain.number.rawValue))
            try? hypervisor.destroy(domain, caller)
        }
    }
}
