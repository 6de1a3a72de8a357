import Synchronization
import Threading

/// The `flask_op` hypercall: everything that a toolstack may ask of the security server, in the bytes in which it asks (Xen,
/// xen/xsm/flask/flask_op.c: `do_flask_op`).
public final class FlaskHypercall: Sendable {
    public let cache: AccessVectorCache
    var server: SecurityServer { cache.server }
    /// Values that booleans were given and do not have yet; nil when none was given since the policy was loaded. Whoever
    /// works with booleans, or loads a policy, does so alone.
    let pending = Lock<[Bool]?>(nil)

    /// What is larger is not read from a guest (Xen: `PAGE_SIZE`).
    static let maximumTextSize: UInt32 = 4_096

    public init(cache: AccessVectorCache) {
        self.cache = cache
    }

    /// Does what the argument at an address of the caller's memory asks for. The result is what the hypercall returns: a
    /// number that is not negative, or one of ``XenErrorNumber`` with the sign turned. Arguments are given back only by
    /// operations that succeed.
    ///
    /// A command that is not known, and every version of the interface but 1, is `ENOSYS`; memory that is not there is
    /// `EFAULT`; what the policy denies is `EACCES`.
    public func perform(at address: UInt64, by caller: inout some FlaskCaller) -> Int32 {
        do throws(XenErrorNumber) {
            guard let bytes = caller.read(FlaskArguments.size, at: address),
                var arguments = FlaskArguments(bytes, caller.pointerWidth)
            else { throw .badAddress }
            guard arguments.version == FlaskArguments.interfaceVersion, let operation = FlaskOperation(arguments) else {
                throw .notImplemented
            }
            let result = try perform(operation, &arguments, &caller)
            // Some operations answer with a number of the caller's choice, which may look like an error.
            guard result >= 0, FlaskCommand(rawValue: arguments.command)?.givesBack == true else { return result }
            guard caller.write(arguments.bytes, at: address) else { throw .badAddress }
            return result
        } catch {
            return -error.rawValue
        }
    }

    private func perform(
        _ operation: FlaskOperation, _ arguments: inout FlaskArguments, _ caller: inout some FlaskCaller
    ) throws(XenErrorNumber) -> Int32 {
        switch operation {
        case .load(let buffer): try load(buffer, caller)
        case .getEnforce: return server.isEnforcing ? 1 : 0
        case .setEnforce(let value): try setEnforce(value, caller)
        case .contextToSID(let text):
            try authorize(.checkContext, caller)
            let bytes = try self.text(text, caller)
            arguments.set(try answer { () throws(SecurityServerError) in try server.identifier(of: bytes) }.rawValue, at: 8)
        case .sidToContext(let sid, let buffer): try giveContext(of: sid, buffer, &arguments, &caller)
        case .access(let source, let target, let objectClass):
            try authorize(.computeAV, caller)
            let ruling = try answer { () throws(SecurityServerError) in
                try server.accessDecision(source: source, target: target, objectClass: objectClass)
            }
            arguments.set(ruling.decision.allowed, at: 24)
            arguments.set(ruling.decision.auditAllow, at: 28)
            arguments.set(ruling.decision.auditDeny, at: 32)
            arguments.set(ruling.sequenceNumber, at: 36)
        case .newContext(let purpose, let source, let target, let objectClass):
            try authorize(purpose.permission, caller)
            let sid = try answer { () throws(SecurityServerError) in
                try server.newIdentifier(purpose, source: source, target: target, objectClass: objectClass)
            }
            arguments.set(sid.rawValue, at: 20)
        case .policyVersion: return Int32(server.vocabulary.release.policyVersion)
        case .getBoolean(let choice): try getBoolean(choice, &arguments, &caller)
        case .setBoolean(let choice, let value, let commits): try setBoolean(choice, value, commits, &arguments, caller)
        case .commitBooleans: try commitBooleans(caller)
        case .mls: return server.isMLS ? 1 : 0
        case .getCacheThreshold: return Int32(bitPattern: cache.threshold)
        case .setCacheThreshold(let threshold):
            guard threshold != cache.threshold else { return 0 }
            try authorize(.setSecurityParameter, caller)
            cache.threshold = threshold
        case .cacheHashStatistics:
            let statistics = cache.hashStatistics
            arguments.set(
                [statistics.entries, statistics.bucketsUsed, statistics.bucketsTotal, statistics.maximumChainLength], at: 8)
        case .cacheStatistics(let processor):
            guard let statistics = cache.statistics(ofProcessor: Int(processor)) else { throw .noEntry }
            arguments.set(
                [
                    statistics.lookups, statistics.hits, statistics.misses, statistics.allocations, statistics.reclaims,
                    statistics.frees,
                ], at: 12)
        case .addObjectContext(let kind, let low, let high, let sid):
            guard low <= high else { throw .invalidArgument }
            try authorize(.addObjectContext, caller)
            guard let kind = ObjectKind(rawValue: kind) else { throw .invalidArgument }
            try answer { () throws(SecurityServerError) in try server.addObjectContext(kind, low...high, sid) }
        case .removeObjectContext(let kind, let low, let high):
            guard low <= high else { throw .invalidArgument }
            try authorize(.removeObjectContext, caller)
            guard let kind = ObjectKind(rawValue: kind) else { throw .invalidArgument }
            try answer { () throws(SecurityServerError) in try server.removeObjectContext(kind, low...high) }
        case .getPeerSID(let port):
            guard let sid = caller.peerIdentifier(ofPort: port) else { throw .invalidArgument }
            arguments.set(sid.rawValue, at: 12)
        case .relabelDomain(let domain, let sid): try relabel(domain, sid, &caller)
        case .labelDeviceTreeNode(let path, let sid):
            try authorize(sid == .null ? .removeObjectContext : .addObjectContext, caller)
            let path = Array(try text(path, caller).prefix { $0 != 0 })
            try answer { () throws(SecurityServerError) in try server.setDeviceTreeNode(path, sid == .null ? nil : sid) }
        }
        return 0
    }

    // MARK: Checks

    /// Asks whether the caller has a permission over the security server (Xen, xen/xsm/flask/flask_op.c:
    /// `domain_has_security`). A release without it does not ask.
    func authorize(_ permission: SecurityPermission, _ caller: some FlaskCaller) throws(XenErrorNumber) {
        try authorize("security", permission.rawValue, source: caller.identifier, target: server.initialSIDs.security, caller)
    }

    func authorize(
        _ objectClass: String, _ permission: String, source: SecurityIdentifier, target: SecurityIdentifier,
        _ caller: some FlaskCaller, about domain: DomainIdentifier? = nil
    ) throws(XenErrorNumber) {
        guard let bits = PermissionBits(objectClass, permission, in: server.vocabulary) else { return }
        try answer { () throws(SecurityServerError) in
            try cache.authorize(
                source: source, target: target, objectClass: bits.objectClass, requested: bits.permission,
                processor: caller.processor,
                AuditSubject(source: domain == nil ? nil : caller.domain, target: domain, current: caller.domain))
        }
    }

    /// What the server answers, with Xen's numbers for what it refuses.
    func answer<Answer>(_ body: () throws(SecurityServerError) -> Answer) throws(XenErrorNumber) -> Answer {
        do {
            return try body()
        } catch {
            throw error.xenErrorNumber
        }
    }

    /// Text of the caller's, with its zero byte if it has one.
    func text(_ buffer: FlaskOperation.GuestBuffer, _ caller: some FlaskCaller) throws(XenErrorNumber) -> [UInt8] {
        guard buffer.size <= Self.maximumTextSize else { throw .noBufferSpace }
        guard let bytes = caller.read(Int(buffer.size), at: buffer.address) else { throw .badAddress }
        return bytes
    }
}

extension LoadedPolicy.NewContext {
    fileprivate var permission: SecurityPermission {
        switch self {
        case .transition: .computeCreate
        case .member: .computeMember
        case .change: .computeRelabel
        }
    }
}
