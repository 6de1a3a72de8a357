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
    ///
    /// Messages lie in the hypervisor until the receiver takes them: as long as no memory of a domain can be reached, nobody
    /// reads a ring in it.
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
        guard length >= 48, length <= Self.maximumRing, length % 16 == 0, (length + 64 + 4_095) / 4_096 == pages,
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
        let table = try caller.memory.structure(Int(pages) * 8, at: arguments[2])
        let frames = (0..<Int(pages)).map { table.word64(at: $0 * 8) }
        try machine.withLock { (machine) throws(XenErrorNumber) in
            if let partner, !(try machine.with(partner, { (state) throws(XenErrorNumber) in state.argo.isEnabled })) {
                throw .connectionRefused
            }
            try machine.with(caller.domain) { (state) throws(XenErrorNumber) in
                guard state.argo.isEnabled else { throw .noDevice }
                guard state.argo.rings.count < Self.maximumRings else { throw .noSpace }
                if let old = state.argo.rings[identifier] {
                    guard arguments[4] & 1 == 0, old.length == length else { throw .exists }
                    state.argo.rings[identifier]?.frames = frames
                } else {
                    state.argo.rings[identifier] = ArgoState.Ring(length: length, frames: frames)
                }
            }
        }
    }

    private func unregisterRing(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        let wish = try caller.memory.structure(8, at: address)
        guard wish.word16(at: 6) == 0 else { throw .invalidArgument }
        let identifier = ArgoState.Identifier(port: wish.word32(at: 0), partner: wish.word16(at: 4))
        try with(caller.domain) { (state) throws(XenErrorNumber) in
            guard state.argo.isEnabled else { throw .noDevice }
            guard state.argo.rings.removeValue(forKey: identifier) != nil else { throw .noEntry }
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
        try machine.withLock { (machine) throws(XenErrorNumber) in
            try machine.with(target) { (state) throws(XenErrorNumber) in
                guard let identifier = state.argo.identifier(port: port, sender: number) else { throw .connectionRefused }
                let message = ArgoState.Message(
                    sender: number, port: addresses.word32(at: 0), type: UInt32(truncatingIfNeeded: arguments[4]), data: data)
                try state.argo.rings[identifier]?.append(message)
            }
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

    private func ring(of target: Domain, port: UInt32, from caller: Caller) throws(XenErrorNumber) -> ArgoState.Ring {
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

    /// Tells which rings exist and whether they have room. Throws `EACCES` for too many, and what a hook says of the first that
    /// the caller may not send to.
    private func notify(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        guard try with(caller.domain, { (state) throws(XenErrorNumber) in state.argo.isEnabled }) else { throw .noDevice }
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
                let isShared = try with(target) { (state) throws(XenErrorNumber) in
                    let found = state.argo.identifier(port: entry.word32(at: 0), sender: caller.domain.number.rawValue)
                    if let found, wanted <= ring.maximumMessage, wanted > ring.space {
                        state.argo.rings[found]?.waiting[caller.domain.number.rawValue] = wanted
                    }
                    return found?.partner == ArgoState.Identifier.anybody
                }
                if isShared { flags |= 1 << 1 }
                if ring.space == ring.maximumMessage { flags |= 1 << 2 }
                if wanted > ring.maximumMessage { flags |= 1 << 4 } else if wanted <= ring.space { flags |= 1 << 3 }
                entry.set(flags, at: 8)
                entry.set(ring.maximumMessage, at: 16)
            }
        }
        try caller.memory.put(8..<10, of: entry, at: address)
        try caller.memory.put(16..<20, of: entry, at: address)
    }

    /// What others have sent to a port of a domain since it looked last.
    func takeMessages(of domain: Domain, _ identifier: ArgoState.Identifier) throws(XenErrorNumber) -> [ArgoState.Message] {
        try with(domain) { (state) throws(XenErrorNumber) in
            guard let ring = state.argo.rings[identifier] else { throw .noEntry }
            state.argo.rings[identifier]?.messages = []
            state.argo.rings[identifier]?.used = 0
            state.argo.rings[identifier]?.waiting = [:]
            return ring.messages
        }
    }
}

extension ArgoState {
    /// Which ring a sender's messages to a port go into: one of his own before everybody's.
    func identifier(port: UInt32, sender: UInt16) -> Identifier? {
        [sender, Identifier.anybody].map { Identifier(port: port, partner: $0) }.first { rings[$0] != nil }
    }
}

extension ArgoState.Ring {
    /// Throws `EMSGSIZE` for what never fits, `EAGAIN` for what does not fit now, and `EBUSY` where too many wait.
    fileprivate mutating func append(_ message: ArgoState.Message) throws(XenErrorNumber) {
        let size = UInt32((message.data.count + 15) & ~15) + 16
        guard size < length else { throw .messageTooLong }
        guard size < length - used else {
            guard waiting[message.sender] != nil || waiting.count < 32 else { throw .busy }
            waiting[message.sender] = max(waiting[message.sender] ?? 0, UInt32(message.data.count))
            throw .tryAgain
        }
        used += size
        messages.append(message)
    }
}

extension Machine {
    /// Takes away a domain's rings and those that only it could send to.
    mutating func removeRings(of number: UInt16) {
        domains[number]?.argo.rings = [:]
        for other in domains.keys {
            for identifier in (domains[other]?.argo.rings ?? [:]).keys where identifier.partner == number {
                domains[other]?.argo.rings[identifier] = nil
            }
        }
    }
}
