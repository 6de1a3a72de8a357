import Flask

extension Hypervisor {
    /// A domain's way to make hypercalls.
    public struct Client: Sendable {
        let hypervisor: Hypervisor
        let caller: Caller

        /// Makes a hypercall. The result is Xen's: not negative, or an error number with the sign turned.
        public func hypercall(_ number: UInt64, _ arguments: [UInt64]) -> Int64 {
            var registers: [UInt64] = arguments
            while registers.count < 5 { registers.append(0) }
            return hypervisor.hypercall(number, registers, caller)
        }
    }

    /// A way to make hypercalls as a domain, with pointers into some memory; nil when there is no such domain.
    public func client(
        of domain: UInt16, memory: any CallerMemory, processor: Int = 0, virtualProcessor: UInt32 = 0, owner: ClientOwner? = nil
    ) -> Client? {
        self.domain(domain).map { domain in
            let caller = Caller(
                domain: domain, processor: processor, virtualProcessor: virtualProcessor, owner: owner, memory: memory)
            return Client(hypervisor: self, caller: caller)
        }
    }

    func hypercall(_ number: UInt64, _ arguments: [UInt64], _ caller: Caller) -> Int64 {
        do throws(XenErrorNumber) {
            guard let number = HypercallNumber(rawValue: number) else { throw .notImplemented }
            return try perform(number, arguments, caller)
        } catch {
            return -Int64(error.rawValue)
        }
    }

    private func perform(
        _ number: HypercallNumber, _ arguments: [UInt64], _ caller: Caller
    ) throws(XenErrorNumber) -> Int64 {
        switch number {
        case .domainControl: return try domainControl(at: arguments[0], caller)
        case .systemControl: return try systemControl(at: arguments[0], caller)
        case .version: return try version(UInt32(truncatingIfNeeded: arguments[0]), at: arguments[1], caller)
        case .console:
            return try consoleOperation(
                UInt32(truncatingIfNeeded: arguments[0]), count: UInt32(truncatingIfNeeded: arguments[1]), at: arguments[2], caller)
        case .security: return securityOperation(at: arguments[0], caller)
        case .eventChannel:
            return try eventChannelOperation(UInt32(truncatingIfNeeded: arguments[0]), at: arguments[1], caller)
        case .scheduler:
            return try schedulerOperation(UInt32(truncatingIfNeeded: arguments[0]), at: arguments[1], caller)
        case .deviceModel:
            return try deviceModelOperation(
                UInt16(truncatingIfNeeded: arguments[0]), count: UInt32(truncatingIfNeeded: arguments[1]), at: arguments[2], caller)
        default: throw .notImplemented
        }
    }
}
