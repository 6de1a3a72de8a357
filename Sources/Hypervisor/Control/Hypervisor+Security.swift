import Flask

extension Hypervisor {
    /// The `xsm_op` hypercall, which is Flask's own. Without Flask there is none (`ENOSYS`).
    func securityOperation(at address: UInt64, _ caller: Caller) -> Int64 {
        guard let flask = hooks.flask else { return -Int64(XenErrorNumber.notImplemented.rawValue) }
        var client = FlaskClient(hypervisor: self, caller: caller)
        return Int64(flask.hypercall.perform(at: address, by: &client))
    }

    /// A caller as Flask sees it.
    private struct FlaskClient: FlaskCaller {
        let hypervisor: Hypervisor
        let caller: Caller

        var domain: DomainIdentifier { caller.domain.number }
        var identifier: SecurityIdentifier { caller.domain.label }
        var processor: Int { caller.processor }
        var pointerWidth: GuestPointerWidth { .bits64 }

        func read(_ count: Int, at address: UInt64) -> [UInt8]? { caller.memory.read(count, at: address) }
        mutating func write(_ bytes: [UInt8], at address: UInt64) -> Bool { caller.memory.write(bytes, at: address) }

        func peerIdentifier(ofPort port: UInt32) -> SecurityIdentifier? { hypervisor.peerIdentifier(ofPort: port, caller) }

        func labels(of number: DomainIdentifier) -> DomainLabels? {
            (try? hypervisor.domain(number.rawValue, or: caller))?.labels
        }

        mutating func setLabels(_ labels: DomainLabels) {
            (try? hypervisor.domain(labels.domain.rawValue, or: caller))?.labels = labels
        }
    }
}
