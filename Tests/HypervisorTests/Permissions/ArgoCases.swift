import Flask

@testable import Hypervisor

/// `argo_op` between a guest, number 1, and another domain, number 2.
enum ArgoCases {
    typealias Need = PermissionCase.Need

    static let configure: @Sendable (inout Hypervisor.Configuration) -> Void = { $0.commandLine = "argo=1,mac-permissive=1" }
    private static let enable = Need("guest", "xen", "argo", "enable", for: "current=d1")

    static let all: [PermissionCase] = [
        PermissionCase(
            name: "argo_op: register_ring, from one",
            needs: [enable, Need("guest", "other", "argo", "register_single_source", for: "source=d1 target=d2")],
            configure: configure, prepare: domains, run: { $0.registerRing(port: 5, partner: 2, as: 1) }),
        PermissionCase(
            name: "argo_op: register_ring, from anybody",
            needs: [enable, Need("guest", "xen", "argo", "register_any_source", for: "current=d1")],
            configure: configure, prepare: domains, run: { $0.registerRing(port: 5, partner: 0x7ff4, as: 1) }),
        PermissionCase(
            name: "argo_op: unregister_ring", needs: [enable], configure: configure,
            prepare: {
                try domains($0)
                _ = $0.registerRing(port: 5, partner: 2, as: 1)
            }, run: { $0.unregisterRing(port: 5, partner: 2, as: 1) }),
        PermissionCase(
            name: "argo_op: sendv", needs: [enable, Need("guest", "other", "argo", "send", for: "source=d1 target=d2")],
            configure: configure,
            prepare: {
                try domains($0)
                _ = $0.registerRing(port: 5, partner: 1, as: 2)
            }, run: { $0.sendMessage("hello", toPort: 5, of: 2, as: 1) }, succeeds: { $0 == 5 }),
        PermissionCase(
            name: "argo_op: notify", needs: [enable, Need("guest", "other", "argo", "send", for: "source=d1 target=d2")],
            configure: configure,
            prepare: {
                try domains($0)
                _ = $0.registerRing(port: 5, partner: 1, as: 2)
            }, run: { $0.askForRoom(100, atPort: 5, of: 2, as: 1) }),
    ]

    static let domains: @Sendable (Lab) throws -> Void = { lab in
        try lab.createDomain()
        try lab.createDomain("other")
        for domain: UInt16 in 1...2 { try lab.givePages(domain) }
    }
}

extension Lab {
    /// Registers a ring in the memory from a frame on.
    func registerRing(
        port: UInt32, partner: UInt16, length: UInt32 = 1_024, flags: UInt64 = 0, frame: UInt64 = 0, as caller: UInt16
    ) -> Int64 {
        var ring = ABIStructure(size: 12)
        ring.set(port, at: 0)
        ring.set(partner, at: 4)
        ring.set(length, at: 8)
        guard memory.write(ring.bytes, at: Self.argument) else { return .min }
        let pages = UInt64(length + 64 + 4_095) / 4_096
        putNumbers((0..<min(pages, 1_000)).map { frame + $0 })
        return call(.argo, [ArgoCommand.registerRing.rawValue, Self.argument, Self.buffer, pages, flags], as: caller)
    }

    func unregisterRing(port: UInt32, partner: UInt16, as caller: UInt16) -> Int64 {
        var ring = ABIStructure(size: 8)
        ring.set(port, at: 0)
        ring.set(partner, at: 4)
        guard memory.write(ring.bytes, at: Self.argument) else { return .min }
        return call(.argo, [ArgoCommand.unregisterRing.rawValue, Self.argument, 0, 0, 0], as: caller)
    }

    func sendMessage(_ text: String, toPort port: UInt32, of target: UInt16, type: UInt64 = 7, as caller: UInt16) -> Int64 {
        let bytes = Array(text.utf8)
        var addresses = ABIStructure(size: 16)
        addresses.set(1 as UInt32, at: 0)
        addresses.set(caller, at: 4)
        addresses.set(port, at: 8)
        addresses.set(target, at: 12)
        var part = ABIStructure(size: 16)
        part.set(Self.buffer + 0x100, at: 0)
        part.set(UInt32(bytes.count), at: 8)
        guard memory.write(addresses.bytes, at: Self.argument), memory.write(part.bytes, at: Self.buffer),
            memory.write(bytes, at: Self.buffer + 0x100)
        else { return .min }
        return call(.argo, [ArgoCommand.send.rawValue, Self.argument, Self.buffer, 1, type], as: caller)
    }

    /// Takes what is in a ring whose memory begins at a frame, as its domain does.
    func takeMessages(of domain: UInt16, frame: UInt64 = 0, length: UInt32 = 1_024) -> [ArgoState.Message] {
        guard let page = state(domain)?.memory.lookUp(frame), let end = page.memory.load32(at: page.offset + 4),
            var place = page.memory.load32(at: page.offset)
        else { return [] }
        func bytes(_ place: UInt32, _ count: Int) -> [UInt8] {
            (0..<count).map { index in
                page.memory.read(1, at: page.offset + 64 + (Int(place) + index) % Int(length))?.first ?? 0
            }
        }
        var messages: [ArgoState.Message] = []
        while place != end, messages.count < 1_000 {
            let header = ABIStructure(bytes(place, 16))
            let size = Int(header.word32(at: 0))
            messages.append(
                .init(
                    sender: header.word16(at: 8), port: header.word32(at: 4), type: header.word32(at: 12),
                    data: bytes(place + 16, size - 16)))
            place = (place + UInt32((size + 15) / 16 * 16)) % length
        }
        page.memory.store(end, at: page.offset)
        return messages
    }

    /// The answer is an entry behind eight bytes of the argument.
    func askForRoom(_ size: UInt32, atPort port: UInt32, of target: UInt16, as caller: UInt16) -> Int64 {
        var question = ABIStructure(size: 28)
        question.set(1 as UInt32, at: 0)
        question.set(port, at: 8)
        question.set(target, at: 12)
        question.set(size, at: 20)
        guard memory.write(question.bytes, at: Self.argument) else { return .min }
        return call(.argo, [ArgoCommand.notify.rawValue, Self.argument, 0, 0, 0], as: caller)
    }
}
