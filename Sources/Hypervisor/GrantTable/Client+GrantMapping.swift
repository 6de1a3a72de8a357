public import Flask
import Synchronization

/// Grants that a process has mapped, to be told to it.
public struct MappedGrants: Sendable {
    /// By which it is ended.
    public let identifier: UInt32
    /// Where the pages lie, in the order in which they were named.
    public let runs: [ForeignRun]
}

extension Hypervisor.Client {
    /// As many grants may be named at once.
    public static var mostGrants: Int { 512 }

    /// Maps what domains have granted the caller's, for a process of it: what `/dev/xen/gntdev` does. `grant:map_read` is asked
    /// for, with `grant:map_write` for pages that may be written to, of each granter once for grants that stand together.
    ///
    /// Each page lies in a memory of its own, or in one whose pages are all granted to the same domain, so that the memory may be
    /// handed to the process. A page of a guest's that lies among others is moved for it; where somebody has it mapped where it
    /// lies, that cannot be. A process that may only read must be handed ``SharedMemory/readOnlyDescriptor()``.
    ///
    /// All are mapped or none. Throws `E2BIG` for too many, `EACCES` or `EPERM` when it is denied, `ESRCH` for no such
    /// domain, `EBUSY` for a page that cannot be moved and all else that is wrong with a grant, `ENOSPC` for too many mappings.
    public func mapGrants(
        _ grants: [(domain: UInt16, reference: UInt32)], isWritable: Bool
    ) throws(XenErrorNumber) -> MappedGrants {
        guard !grants.isEmpty else { throw .invalidArgument }
        guard grants.count <= Self.mostGrants else { throw .tooBig }
        var granters: [Domain] = []
        for grant in grants {
            if let last = granters.last, last.number.rawValue == grant.domain {
                granters.append(last)
                continue
            }
            guard let granter = hypervisor.domain(grant.domain) else { throw .noSuchDomain }
            try hypervisor.hooks.mapGrant(of: granter, isReadOnly: !isWritable, caller)
            granters.append(granter)
        }
        let flags: GrantMapFlags = isWritable ? .host : [.host, .readOnly]
        let (holder, owners) = (caller.domain, granters)
        return try hypervisor.machine.withLock { (machine) throws(XenErrorNumber) in
            var handles: [UInt32] = []
            var pages: [GuestPage] = []
            var failure: GrantStatus?
            for (grant, granter) in zip(grants, owners) {
                do throws(GrantStatus) {
                    let (handle, page, _) = try machine.mapGrant(
                        grant.reference, of: granter, for: holder, flags, at: 0, isProcess: true)
                    handles.append(handle)
                    pages.append(page)
                } catch {
                    failure = error
                    break
                }
            }
            let process = ProcessMapping(handles: handles, pages: pages)
            let number = try machine.with(holder) { (state) throws(XenErrorNumber) in
                let number = state.grants.takeProcessNumber()
                state.grants.processMappings[number] = process
                return number
            }
            if let failure {
                _ = machine.endProcessMapping(number, of: holder)
                throw failure.errorOfProcess
            }
            var runs: [ForeignRun] = []
            for (index, page) in pages.enumerated() { runs.append(index, nil, page.memory, page.offset) }
            return MappedGrants(identifier: number, runs: runs)
        }
    }

    /// Ends a mapping; a port that is to be notified of it, if there is one. The byte that was to become zero is zero then.
    /// `grant:unmap` is asked for of each granter. Throws `ENOENT` for no such mapping, and what the hook says.
    @discardableResult
    public func unmapGrants(_ identifier: UInt32) throws(XenErrorNumber) -> UInt32? {
        let granters = try hypervisor.with(caller.domain) { (state) throws(XenErrorNumber) -> [Domain] in
            guard let process = state.grants.processMappings[identifier] else { throw .noEntry }
            var granters: [Domain] = []
            for handle in process.handles {
                guard let granter = state.grants.mapping(handle)?.granter, granters.last !== granter else { continue }
                granters.append(granter)
            }
            return granters
        }
        for granter in granters { try hypervisor.hooks.unmapGrant(of: granter, caller) }
        return endGrants(identifier)
    }

    /// Ends a mapping because the process that had it is gone: nobody is asked. What ``unmapGrants(_:)`` returns.
    @discardableResult
    public func endGrants(_ identifier: UInt32) -> UInt32? {
        let holder = caller.domain
        let process = hypervisor.machine.withLock { $0.endProcessMapping(identifier, of: holder) }
        guard let process else { return nil }
        if let byte = process.notification.byte, byte >= 0, byte / 4_096 < process.pages.count {
            let page = process.pages[byte / 4_096]
            _ = page.memory.clear(1, at: page.offset + byte % 4_096)
        }
        return process.notification.port
    }

    /// Says what is to happen when a mapping ends. Throws `ENOENT`, and `EINVAL` for a byte that is not in it.
    public func notify(
        onUnmapOf identifier: UInt32, byte: Int?, port: UInt32?
    ) throws(XenErrorNumber) {
        try hypervisor.with(caller.domain) { (state) throws(XenErrorNumber) in
            guard let process = state.grants.processMappings[identifier] else { throw .noEntry }
            if let byte {
                guard byte >= 0, byte / 4_096 < process.pages.count, process.pages[byte / 4_096].isWritable else {
                    throw .invalidArgument
                }
                // Whoever may only read may not clear a byte by dying either.
                let isReadOnly = process.handles.first.flatMap { state.grants.mapping($0)?.flags.contains(.readOnly) } ?? false
                guard !isReadOnly else { throw .invalidArgument }
            }
            state.grants.processMappings[identifier]?.notification = UnmapNotification(byte: byte, port: port)
        }
    }

    // MARK: Copying

    /// Copies bytes out of a page that was granted to the caller's domain; `grant:copy` is asked for from the granter to the
    /// caller's. Throws `EINVAL` for what is not in the page, and else as ``mapGrants(_:isWritable:)``.
    public func copyFromGrant(
        _ domain: UInt16, reference: UInt32, offset: Int, count: Int
    ) throws(XenErrorNumber) -> [UInt8] {
        guard let granter = hypervisor.domain(domain) else { throw .noSuchDomain }
        try hypervisor.hooks.copyGrant(from: granter, to: caller.domain, caller)
        var bytes: [UInt8] = []
        do throws(GrantStatus) {
            try hypervisor.copyGranted(
                reference, of: granter, isReadOnly: true, caller,
                { memory, start in
                    bytes = memory.read(count, at: start) ?? []
                    return bytes.count == count
                }, at: offset, count: count)
        } catch {
            throw error.errorOfProcess
        }
        return bytes
    }

    /// Copies bytes into a page that was granted to the caller's domain; `grant:copy` is asked for from the caller's to the
    /// granter. Throws as ``copyFromGrant(_:reference:offset:count:)``.
    public func copyToGrant(_ domain: UInt16, reference: UInt32, offset: Int, _ bytes: [UInt8]) throws(XenErrorNumber) {
        guard let granter = hypervisor.domain(domain) else { throw .noSuchDomain }
        try hypervisor.hooks.copyGrant(from: caller.domain, to: granter, caller)
        do throws(GrantStatus) {
            try hypervisor.copyGranted(
                reference, of: granter, isReadOnly: false, caller, { memory, start in memory.write(bytes, at: start) },
                at: offset, count: bytes.count)
        } catch {
            throw error.errorOfProcess
        }
    }
}

extension GrantStatus {
    /// What a process is told.
    var errorOfProcess: XenErrorNumber {
        switch self {
        case .badDomain: .noSuchDomain
        case .permissionDenied: .permissionDenied
        case .badCopyArgument, .badReference, .badPage: .invalidArgument
        case .noSpace, .noDeviceSpace: .noSpace
        case .tryAgain: .tryAgain
        default: .busy
        }
    }
}

extension GrantTable {
    /// A number that no process has.
    mutating func takeProcessNumber() -> UInt32 {
        while processMappings[nextProcessNumber] != nil || processShares[nextProcessNumber] != nil || nextProcessNumber == 0 {
            nextProcessNumber &+= 1
        }
        defer { nextProcessNumber &+= 1 }
        return nextProcessNumber
    }
}
