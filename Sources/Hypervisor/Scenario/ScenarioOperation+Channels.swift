import Flask
import Synchronization

extension ScenarioOperation {
    static let eventChannels: [ScenarioOperation] = [
        ScenarioOperation(
            "evtchn_alloc_unbound", "makes a port of the actor's, or another's, to which a domain may bind",
            [.domain("remote"), .domain("owner", isOptional: true)], gives: "port"
        ) { context in
            let result = context.event(.allocateUnbound) { call in
                call.set(context.domain(1), at: 0)
                call.set(context.domain(), at: 2)
            }
            return context.giving(result, { UInt64($0.word32(at: 4)) }, of: 8)
        },
        ScenarioOperation(
            "evtchn_bind_interdomain", "binds a new port to one of another domain's", [.domain("remote"), .number("port")],
            gives: "port"
        ) { context in
            let result = context.event(.bindInterdomain) { call in
                call.set(context.domain(), at: 0)
                call.set(context.word32(1), at: 4)
            }
            return context.giving(result, { UInt64($0.word32(at: 8)) }, of: 12)
        },
        ScenarioOperation(
            "evtchn_bind_virq", "binds a new port to an interrupt of the hypervisor's", [.number("virq")], gives: "port"
        ) { context in
            let result = context.event(.bindVirtualInterrupt) { $0.set(context.word32(0), at: 0) }
            return context.giving(result, { UInt64($0.word32(at: 8)) }, of: 12)
        },
        ScenarioOperation("evtchn_bind_ipi", "binds a new port to another processor of the actor's", gives: "port") { context in
            let result = context.event(.bindInterprocessor) { _ in }
            return context.giving(result, { UInt64($0.word32(at: 4)) }, of: 8)
        },
        ScenarioOperation("evtchn_send", "sends an event", [.number("port")]) { context in
            context.event(.send) { $0.set(context.word32(0), at: 0) }
        },
        ScenarioOperation("evtchn_close", "closes a port of the actor's", [.number("port")]) { context in
            context.event(.close) { $0.set(context.word32(0), at: 0) }
        },
        ScenarioOperation(
            "evtchn_status", "tells what a port of the actor's, or another's, is",
            [.number("port"), .domain("owner", isOptional: true)]
        ) { context in
            context.event(.status) { call in
                call.set(context.domain(1), at: 0)
                call.set(context.word32(0), at: 4)
            }
        },
        ScenarioOperation("evtchn_reset", "closes all ports of the actor's, or another's", [.domain("domain", isOptional: true)])
        { context in
            context.event(.reset) { $0.set(context.domain(), at: 0) }
        },
    ]

    /// Where pages that were granted are mapped.
    private static let mapped: UInt64 = 0x7000_0000

    /// Writes an entry into the actor's grant table, which needs nobody's permission.
    private static func write(_ context: ScenarioContext, flags: UInt16) throws(ScenarioContext.Failure) -> Int64 {
        let header = UInt32(context.domain()) << 16 | UInt32(flags)
        let frame = try context.frame(context.number(1), of: DomainIdentifier.caller.rawValue)
        let reference = try context.change(DomainIdentifier.caller.rawValue) { (state) throws(XenErrorNumber) in
            // The first eight are kept for the toolstack.
            guard let free = (8..<state.grants.entryCount).first(where: { state.grants.entry($0).header.kind == 0 }) else {
                throw .noSpace
            }
            try state.grants.write(header, frame: frame, free)
            return free
        }
        context.give(UInt64(reference))
        return 0
    }

    /// A query about a domain's grant table.
    private static func query(
        _ name: String, _ command: GrantCommand, _ summary: String, statusAt offset: Int?,
        _ body: @escaping @Sendable (inout ABIStructure) -> Void = { _ in }
    ) -> ScenarioOperation {
        ScenarioOperation(name, summary, [.target]) { context in
            context.grant(command, statusAt: offset) { call in
                call.set(context.domain(), at: 0)
                body(&call)
            }
        }
    }

    static let grants: [ScenarioOperation] = [
        ScenarioOperation(
            "gnttab_grant_access", "grants a frame of the actor's to a domain; its own table needs no permission",
            [.domain("holder"), .number("frame"), .writing], gives: "reference"
        ) { (context) throws(ScenarioContext.Failure) in
            try write(context, flags: GrantEntry.permitAccess | (context.number(2, or: 1) == 1 ? 0 : GrantEntry.readOnly))
        },
        ScenarioOperation(
            "gnttab_accept_transfer", "lets a domain give the actor a page for a frame; its own table needs no permission",
            [.domain("giver"), .number("frame")], gives: "reference"
        ) { (context) throws(ScenarioContext.Failure) in try write(context, flags: GrantEntry.acceptTransfer) },
        ScenarioOperation(
            "gnttab_map_grant_ref", "maps what was granted", [.domain("owner"), .number("reference"), .writing], gives: "handle"
        ) { context in
            let result = context.grant(.map, statusAt: 18) { call in
                call.set(mapped, at: 0)
                call.set((context.number(2, or: 1) == 1 ? GrantMapFlags.host : [.host, .readOnly]).rawValue, at: 8)
                call.set(context.word32(1), at: 12)
                call.set(context.domain(), at: 16)
            }
            return context.giving(result, { UInt64($0.word32(at: 20)) }, of: 32)
        },
        ScenarioOperation("gnttab_unmap_grant_ref", "ends a mapping", [.number("handle")]) { context in
            context.grant(.unmap, statusAt: 20) { call in
                call.set(mapped, at: 0)
                call.set(context.word32(0), at: 16)
            }
        },
        query("gnttab_setup_table", .setUp, "tells where a domain's grant table is, and lets it grow", statusAt: 8) {
            $0.set(2 as UInt32, at: 4)
            $0.set(ScenarioContext.buffer, at: 16)
        },
        query("gnttab_query_size", .querySize, "tells how large a domain's grant table is", statusAt: 12),
        query("gnttab_get_version", .getVersion, "tells which version a domain's grant table has", statusAt: nil),
        ScenarioOperation(
            "gnttab_copy",
            "copies a page that was granted to another that was, or to the actor's frame 0",
            [.domain("from"), .number("reference"), .domain("to", isOptional: true), .number("reference", isOptional: true)]
        ) { context in
            context.grant(.copy, statusAt: 36) { call in
                call.set(context.number(1), at: 0)
                call.set(context.domain(), at: 8)
                call.set(context.number(3), at: 16)
                call.set(context.domain(2), at: 24)
                call.set(16 as UInt16, at: 32)
                call.set((context.has(2) ? 3 : 1) as UInt16, at: 34)
            }
        },
        ScenarioOperation("gnttab_transfer", "gives a page of the actor's away", [.domain("to"), .number("reference")]) {
            (context) throws(ScenarioContext.Failure) in
            let frame = try context.machineFrame(of: DomainIdentifier.caller.rawValue)
            return context.grant(.transfer, statusAt: 16) { call in
                call.set(frame, at: 0)
                call.set(context.domain(), at: 8)
                call.set(context.word32(1), at: 12)
            }
        },
    ]
}
