import Flask

extension Hypervisor {
    /// The only version of the structure that Debian's 4.17 clients speak (`XEN_DOMCTL_INTERFACE_VERSION`).
    static let domainControlVersion: UInt32 = 0x15

    /// The `domctl` hypercall: one domain is controlled by another (Xen, xen/common/domctl.c: `do_domctl`).
    func domainControl(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        let call = try caller.memory.structure(144, at: address)
        guard call.word32(at: 4) == Self.domainControlVersion else { throw .permissionDenied }
        let number = call.word16(at: 8)
        guard let command = DomainControlCommand(rawValue: call.word32(at: 0)) else {
            guard domain(number) != nil else { throw .noSuchDomain }
            try hooks.askUnknown("domctl", call.word32(at: 0), caller)
            throw .notImplemented
        }
        if command == .createDomain { return try createDomain(call, at: address, caller) }
        if command == .getDomainInfo { return try getDomainInfo(number, call, at: address, caller) }
        guard let domain = domain(number) else { throw .noSuchDomain }
        try hooks.domainControl(command, domain, caller)
        return try control(domain, command, call, at: address, caller)
    }

    private func control(
        _ domain: Domain, _ command: DomainControlCommand, _ call: ABIStructure, at address: UInt64, _ caller: Caller
    ) throws(XenErrorNumber) -> Int64 {
        switch command {
        case .destroyDomain: try destroy(domain, caller)
        case .pauseDomain: try pause(domain, caller)
        case .unpauseDomain: try unpause(domain)
        case .resumeDomain: try resume(domain, caller)
        case .setTarget: try setTarget(domain, call.word16(at: 16), caller)
        case .maximumProcessors: try setMaximumProcessors(domain, call.word32(at: 16), caller)
        case .maximumMemory: try setMaximumMemory(domain, kilobytes: call.word64(at: 16))
        case .setHandle:
            try with(domain) { (state) throws(XenErrorNumber) in state.handle = Array(call.bytes[16..<32]) }
        case .setDebugging:
            guard domain !== caller.domain else { throw .invalidArgument }
            try with(domain) { (state) throws(XenErrorNumber) in state.isDebugged = call.byte(at: 16) != 0 }
        case .setTimeOffset:
            try with(domain) { (state) throws(XenErrorNumber) in state.timeOffset = Int64(bitPattern: call.word64(at: 16)) }
        case .getProcessorInfo: try getProcessorInfo(domain, call, at: address, caller)
        case .getPageFrameInfo: try getPageFrameInfo(domain, call, caller)
        default: throw .notImplemented
        }
        return 0
    }
}
