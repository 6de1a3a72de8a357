import Flask

extension Machine {
    /// Shuts a domain down, for the first reason that somebody gives, and tells who handles such events (Xen,
    /// xen/common/domain.c: `domain_shutdown`).
    mutating func shutDown(_ number: UInt16, _ reason: UInt8, _ notices: inout EventNotices) {
        guard let state = domains[number], state.shutdownCode == nil else { return }
        domains[number]?.shutdownCode = state.scheduling.announcedCode ?? reason
        domains[number]?.scheduling.announcedCode = nil
        raise(.domainException, &notices)
        wakeProcessors(of: number, &notices)
    }
}
