import Flask
import Synchronization

extension Hypervisor {
    /// Whether the command line lets domains use messages, and receive from anybody.
    private var hasArgo: Bool { isTurnedOn("argo") }
    private var receivesFromAnybody: Bool {
        configuration.commandLine.split(whereSeparator: { " =,".contains($0) }).contains("mac-permissive")
            && !configuration.commandLine.contains("mac-permissive=0")
    }

    /// A new domain may use messages if its hook says so (Xen, xen/common/argo.c: `argo_init`).
    func enableArgo(_ domain: Domain, _ caller: Caller) {
        guard hasArgo, (try? hooks.enableArgo(domain, caller)) != nil else { return }
        try? with(domain) { (state) throws(XenErrorNumber) in state.argo.isEnabled = true }
    }

    /// The `argo_op` hypercall: messages between domains (Xen, xen/common/argo.c: `do_argo_op`). It exists where the command line
    /// says `argo`.
    func argoOperation(_ arguments: [UInt64], _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        guard arguments[3] <= UInt64(UInt32.max), arguments[4] <= UInt64(UInt32.max) else { throw .invalidArgument }
        guard hasArgo else { throw .notSupported }
        try hooks.enableArgo(caller.domain, caller)
        switch ArgoCommand(rawValue: arguments[0]) {
        case .registerRing: try registerRing(arguments, caller)
        case .unregisterRing:
            guard arguments[2...4].allSatisfy({ $0 == 0 }) else { throw .invalidArgument }
            try unregisterRing(at: arguments[1], caller)
        case .send: return try send(arguments, caller)
        case .notify:
            guard arguments[2...4].allSatisfy({ $0 == 0 }) else { throw .invalidArgument }
            try notify(at: arguments[1], caller)
        case nil: throw .notSupported
        }
        return 0
    }

    private static let maximumRing: UInt32 = 1 << 24
    private static let maximumRings = 128

    private func registerRing(_ arguments: [UInt64], _ caller: Caller) throws(XenErrorNumber) {
        let pages = UInt32(truncatingIfNeeded: arguments[3])
        guard pages <= Self.maximumRing >> 12, arguments[4] & ~1 == 0 else { throw .invalidArgument }
        let wish = try caller.memory.structure(12, at: arguments[1])
        let length = wish.word32(at: 8)
        // A header, a slot, another one that stays free, and whole slots.
        guard length >= 48, length <= Self.maximumRing, length % 16 == 0, ArgoRing.pageCount(length) == pages,
            wish.word16(at: 6) == 0
        else { throw .invalidArgument }
        let identifier = ArgoState.Identifier(port: wish.word32(at: 0), partner: wish.word16(at: 4))
        var partner: Domain?
        if identifier.partner == ArgoState.Identifier.anybody {
            guard receivesFromAnybody else { throw .operationNotPermitted }
            try hooks.registerRingFromAnybody(caller)
        } else {
            guard let found = domain(identifier.partner) else { throw .noSuchDomain }
            try hooks.registerRing(from: found, caller)
            partner = found
        }
        // Whether the list is there is said when all else is right.
        let table = caller.memory.read(Int(pages) * 8, at: arguments[2]).map { ABIStructure($0) }
        try machine.withLock { (machine) throws(XenErrorNumber) in
            guard try machine.with(caller.domain, { (state) throws(XenErrorNumber) in state.argo.isEnabled }) else { throw .noDevice }
            if let partner, !(try machine.with(partner, { (state) throws(XenErrorNumber) in state.argo.isEnabled })) {
                throw .connectionRefused
            }
            try machine.with(caller.domain) { (state) throws(XenErrorNumber) in
                guard state.argo.rings.count < Self.maximumRings else { throw .noSpace }
                let old = state.argo.rings[identifier]
                if let old { guard arguments[4] & 1 == 0, old.length == length else { throw .exists } }
                // A ring that is registered again and cannot be is gone.
                state.removeRing(identifier)
                guard let table else { throw .badAddress }
                let held = try state.holdRing((0..<Int(pages)).map { table.word64(at: $0 * 8) })
                state.argo.rings[identifier] = ArgoRing(length: length, pages: held, waiting: old?.waiting ?? [:])
            }
        }
    }

    private func unregisterRing(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        let wish = try caller.memory.structure(8, at: address)
        guard wish.word16(at: 6) == 0 else { throw .invalidArgument }
        let identifier = ArgoState.Identifier(port: wish.word32(at: 0), partner: wish.word16(at: 4))
        try with(caller.domain) { (state) throws(XenErrorNumber) in
            guard state.argo.isEnabled else { throw .noDevice }
            guard state.removeRing(identifier) else { throw .noEntry }
        }
    }

    // MARK: Sending

    /// Returns how many bytes were sent. Throws `ECONNREFUSED` where nobody listens, and `EAGAIN` where there is no room now.
    private func send(_ arguments: [UInt64], _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        let addresses = try caller.memory.structure(16, at: arguments[1])
        guard arguments[3] <= 8 else { throw .invalidArgument }
        let parts = try caller.memory.structure(Int(arguments[3]) * 16, at: arguments[2])
        guard addresses.word16(at: 6) == 0, addresses.word16(at: 14) == 0 else { throw .invalidArgument }
        let source = addresses.word16(at: 4)
        // Nobody sends in another's name.
        guard source == ArgoState.Identifier.anybody || source == caller.domain.number.rawValue
        else { throw .operationNotPermitted }
        guard let target = domain(addresses.word16(at: 12)) else { throw .noSuchDomain }
        do throws(XenErrorNumber) {
            try hooks.sendMessage(to: target, caller)
        } catch {
            console.log("argo: XSM REJECTED \(caller.domain.number.rawValue) -> \(target.number.rawValue)")
            throw error
        }
        let number = caller.domain.number.rawValue
        let port = addresses.word32(at: 8)
        _ = try ring(of: target, port: port, from: caller)
        let data = try gather(parts, count: Int(arguments[3]), caller)
        try raising { (machine, notices) throws(XenErrorNumber) in
            try machine.with(target) { (state) throws(XenErrorNumber) in
                guard let identifier = state.argo.identifier(port: port, sender: number) else { throw .connectionRefused }
                let message = ArgoState.Message(
                    sender: number, port: addresses.word32(at: 0), type: UInt32(truncatingIfNeeded: arguments[4]), data: data)
                try state.argo.rings[identifier]?.append(message)
            }
            machine.raise(.argo, in: target.number.rawValue, &notices)
        }
        return Int64(data.count)
    }

    /// Throws `EINVAL` for a part that is too large, and `EMSGSIZE` for all of them.
    private func gather(_ parts: ABIStructure, count: Int, _ caller: Caller) throws(XenErrorNumber) -> [UInt8] {
        let limit = Int(Self.maximumRing) - 32
        var size = 0
        for index in 0..<count {
            let length = Int(parts.word32(at: index * 16 + 8))
            guard parts.word32(at: index * 16 + 12) == 0, length <= limit else { throw .invalidArgument }
            size += length
            guard size <= limit else { throw .messageTooLong }
        }
        var data: [UInt8] = []
        for index in 0..<count where parts.word32(at: index * 16 + 8) > 0 {
            data += try caller.memory.structure(Int(parts.word32(at: index * 16 + 8)), at: parts.word64(at: index * 16)).bytes
        }
        return data
    }

    private func ring(of target: Domain, port: UInt32, from caller: Caller) throws(XenErrorNumber) -> ArgoRing {
        let own = try with(caller.domain) { (state) throws(XenErrorNumber) in state.argo.isEnabled }
        guard own else { throw .noDevice }
        return try with(target) { (state) throws(XenErrorNumber) in
            guard state.argo.isEnabled, let found = state.argo.identifier(port: port, sender: caller.domain.number.rawValue),
                let ring = state.argo.rings[found]
            else { throw .connectionRefused }
            return ring
        }
    }

    // MARK: Asking for room

    /// Tells those who wait for room in the caller's rings where there is some now, and tells the caller which rings exist and
    /// whether they have room. Throws `EACCES` for too many, and what a hook says of the first that
    /// the caller may not send to.
    private func notify(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        try raising { (machine, notices) throws(XenErrorNumber) in
            let served = try machine.with(caller.domain) { (state) throws(XenErrorNumber) in
                guard state.argo.isEnabled else { throw .noDevice }
                return state.argo.rings.keys.flatMap { state.argo.rings[$0]?.takeServed() ?? [] }
            }
            for sender in served { machine.raise(.argo, in: sender, &notices) }
        }
        guard address != 0 else { return }
        let count = try caller.memory.structure(8, at: address).word32(at: 0)
        guard count <= 256 else { throw .permissionDenied }
        for index in 0..<UInt64(count) { try tellRing(at: address &+ 8 &+ index * 20, caller) }
    }

    private func tellRing(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        var entry = try caller.memory.structure(20, at: address)
        entry.set(0 as UInt16, at: 8)
        let target = domain(entry.word16(at: 4))
        if let target, try with(target, { (state) throws(XenErrorNumber) in state.argo.isEnabled }) {
            try hooks.sendMessage(to: target, caller)
            if let ring = try? ring(of: target, port: entry.word32(at: 0), from: caller) {
                let wanted = entry.word32(at: 12)
                var flags: UInt16 = 1
                let (port, number) = (entry.word32(at: 0), caller.domain.number.rawValue)
                // Looked at once: the domain may read, and write what it likes, at any time.
                let space = ring.space
                let fits = wanted <= ring.maximumMessage
                let (isShared, mayWait) = try with(target) { (state) throws(XenErrorNumber) in
                    guard let found = state.argo.identifier(port: port, sender: number) else { return (false, true) }
                    let isShared = found.partner == ArgoState.Identifier.anybody
                    if fits, wanted <= space { state.argo.rings[found]?.stopWaiting(number) }
                    guard fits, wanted > space else { return (isShared, true) }
                    return (isShared, state.argo.rings[found]?.wait(number, for: wanted) ?? true)
                }
                if isShared { flags |= 1 << 1 }
                if space == ring.maximumMessage { flags |= 1 << 2 }
                if !fits { flags |= 1 << 4 } else if wanted <= space { flags |= 1 << 3 }
                if !mayWait { flags |= 1 << 5 }
                entry.set(flags, at: 8)
                entry.set(ring.maximumMessage, at: 16)
            }
        }
        try caller.memory.put(8..<10, of: entry, at: address)
        try caller.memory.put(16..<20, of: entry, at: address)
    }
}

extension DomainState {
    /// Holds the memory of a ring, all of it or none. Throws `EINVAL` for what is not memory to be written to, and `EAGAIN` while
    /// writes to it are looked for (Xen: `find_ring_mfns`).
    fileprivate mutating func holdRing(_ frames: [UInt64]) throws(XenErrorNumber) -> [HeldPage] {
        var held: [HeldPage] = []
        do throws(XenErrorNumber) {
            for frame in frames {
                guard resources.mappedMemory[frame] == nil else { throw .operationNotPermitted }
                held.append(try memory.hold(frame))
                guard memory.type(of: frame) == .memory else { throw .invalidArgument }
                guard !isHVM || !memory.log.watches(frame) else { throw .tryAgain }
            }
        } catch {
            for page in held { letGo(page) }
            throw error
        }
        return held
    }

    /// Takes a ring away; false when there is none.
    @discardableResult
    fileprivate mutating func removeRing(_ identifier: ArgoState.Identifier) -> Bool {
        guard let ring = argo.rings.removeValue(forKey: identifier) else { return false }
        for page in ring.pages { letGo(page) }
        return true
    }
}

extension Machine {
    /// Takes away a domain's rings and those that only it could send to; it waits for room nowhere any more.
    mutating func removeRings(of number: UInt16) {
        for identifier in (domains[number]?.argo.rings ?? [:]).keys { domains[number]?.removeRing(identifier) }
        for other in domains.keys {
            for identifier in (domains[other]?.argo.rings ?? [:]).keys {
                if identifier.partner == number {
                    domains[other]?.removeRing(identifier)
                } else {
                    domains[other]?.argo.rings[identifier]?.stopWaiting(number)
                }
            }
        }
    }
}
