import Flask
import Synchronization

extension ScenarioOperation {
    /// `dm_op` on a domain, by its command.
    private static func dm(
        _ command: DeviceModelCommand, _ summary: String, _ more: [Parameter] = [], second: UInt64? = nil,
        _ body: @escaping @Sendable (ScenarioContext, inout ABIStructure) -> Void = { _, _ in }
    ) -> ScenarioOperation {
        ScenarioOperation(command.name, summary, [.target] + more) { context in
            context.deviceModel(command, second: second) { body(context, &$0) }
        }
    }

    private static let space = Parameter.choice("port|memory|pci", ["port": 0, "memory": 1, "pci": 2])

    private static let range: @Sendable (ScenarioContext, inout ABIStructure) -> Void = {
        $1.set($0.word16(1), at: 0)
        $1.set($0.word32(2), at: 4)
        $1.set($0.range(3).lowerBound, at: 8)
        $1.set($0.range(3).upperBound, at: 16)
    }

    static let deviceModels: [ScenarioOperation] = [
        ScenarioOperation(
            DeviceModelCommand.createServer.name, "makes the actor an emulator of a domain's devices", [.target], gives: "server"
        ) { context in
            let result = context.deviceModel(.createServer) { $0.set(2 as UInt8, at: 0) }
            if result == 0 { context.give(UInt64(context.answer(14, at: ScenarioContext.buffer).word16(at: 12))) }
            return result
        },
        dm(.getServerInfo, "tells what a server is reached by", [.number("server")]) {
            $1.set($0.word16(1), at: 0)
            $1.set(1 as UInt16, at: 2)
        },
        dm(.mapRange, "gives addresses to a server", [.number("server"), space, .range("range")], range),
        dm(.unmapRange, "takes addresses from a server", [.number("server"), space, .range("range")], range),
        dm(.setServerState, "lets a server begin or end", [.number("server"), .choice("on|off", ["on": 1, "off": 0])]) {
            $1.set($0.word16(1), at: 0)
            $1.set(UInt8(truncatingIfNeeded: $0.number(2)), at: 2)
        },
        dm(.destroyServer, "ends a server", [.number("server")]) { $1.set($0.word16(1), at: 0) },
        dm(.trackDirtyVideoMemory, "tells which of a domain's frames were written", [.number("frame")], second: 8) {
            $1.set(1 as UInt32, at: 0)
            $1.set($0.number(1), at: 8)
        },
        dm(.setPCILevel, "raises an interrupt of a PCI device") { $1.set(1 as UInt8, at: 4) },
        dm(.setISALevel, "raises an interrupt of an ISA device", [.number("line")]) {
            $1.set(UInt8(truncatingIfNeeded: $0.number(1)), at: 0)
            $1.set(1 as UInt8, at: 1)
        },
        dm(.setPCILinkRoute, "routes interrupts of PCI devices", [.number("link"), .number("line")]) {
            $1.set(UInt8(truncatingIfNeeded: $0.number(1)), at: 0)
            $1.set(UInt8(truncatingIfNeeded: $0.number(2)), at: 1)
        },
        dm(.modifiedMemory, "says that a domain's memory was written", [.number("frame")], second: 16) {
            $0.put(numbers: [$0.number(1), 1], at: ScenarioContext.secondBuffer)
            $1.set(1 as UInt32, at: 0)
        },
        dm(.setMemoryType, "sets how a domain's frame is served", [.number("frame")]) {
            $1.set(1 as UInt32, at: 0)
            $1.set($0.number(1), at: 8)
        },
        dm(.injectEvent, "has a domain's processor take an exception"),
        dm(.injectMessage, "sends a domain a message-signalled interrupt") {
            $1.set(0x30 as UInt32, at: 0)
            $1.set(0xfee0_0000 as UInt64, at: 8)
        },
        dm(.mapMemoryType, "sends writes to served memory to a server", [.number("server")]) {
            $1.set($0.word16(1), at: 0)
            $1.set(4 as UInt16, at: 2)
            $1.set(2 as UInt32, at: 4)
        },
        dm(.remoteShutdown, "shuts a domain down"),
        dm(.relocateMemory, "moves a domain's page to another frame", [.number("from"), .number("to")]) {
            $1.set(1 as UInt32, at: 0)
            $1.set($0.number(1), at: 8)
            $1.set($0.number(2), at: 16)
        },
        dm(.pinCacheAttribute, "sets how a domain's frames are cached", [.range("frames")]) {
            $1.set($0.range(1).lowerBound, at: 0)
            $1.set($0.range(1).upperBound, at: 8)
            $1.set(6 as UInt32, at: 16)
        },
        dm(.setInterruptLevel, "raises an interrupt of Arm's (there is none on x86)"),
        dm(.processorCount, "tells how many processors a domain may have"),
    ]

    /// `HVMOP_altp2m`, by its command.
    private static func views(
        _ name: String, _ command: AlternateViewCommand, _ summary: String, _ more: [Parameter] = [], gives: String? = nil,
        _ body: @escaping @Sendable (ScenarioContext, inout ABIStructure) -> Void = { _, _ in }
    ) -> ScenarioOperation {
        ScenarioOperation("altp2m_" + name, summary, [.target] + more, gives: gives) { context in
            let result = context.alternateViews(command) { body(context, &$0) }
            return gives == nil ? result : context.giving(result, { UInt64($0.word16(at: 16)) }, of: 80)
        }
    }

    static let hardwareMachines: [ScenarioOperation] = [
        ScenarioOperation(
            "hvm_set_param", "sets a parameter of a domain (`HVM_PARAM_*`)", [.target, .number("index"), .number("value")]
        ) { context in
            context.hvm(.setParameter, size: 16) { call in
                call.set(context.domain(), at: 0)
                call.set(context.word32(1), at: 4)
                call.set(context.number(2), at: 8)
            }
        },
        ScenarioOperation("hvm_get_param", "tells a parameter of a domain", [.target, .number("index")], gives: "value") {
            context in
            let result = context.hvm(.getParameter, size: 16) { call in
                call.set(context.domain(), at: 0)
                call.set(context.word32(1), at: 4)
            }
            return context.giving(result, { $0.word64(at: 8) }, of: 16)
        },
        ScenarioOperation("hvm_get_mem_type", "tells what is at a domain's frame", [.target, .number("frame")]) { context in
            context.hvm(.getMemoryType, size: 16) { call in
                call.set(context.domain(), at: 0)
                call.set(context.number(1), at: 8)
            }
        },
        views("get_domain_state", .getState, "tells whether a domain has views of its memory"),
        views("set_domain_state", .setState, "gives a domain views of its memory", [.choice("on|off", ["on": 1, "off": 0])]) {
            $1.set(UInt8(truncatingIfNeeded: $0.number(1)), at: 16)
        },
        views("create_p2m", .create, "makes a view", gives: "view"),
        views("destroy_p2m", .destroy, "ends a view", [.number("view")]) { $1.set($0.word16(1), at: 16) },
        views("switch_p2m", .change, "has a domain see a view", [.number("view")]) { $1.set($0.word16(1), at: 16) },
        views("set_mem_access", .setAccess, "sets which accesses a view lets through", [.number("view"), .number("frame")]) {
            $1.set($0.word16(1), at: 16)
            $1.set($0.number(2), at: 24)
        },
        views(
            "change_gfn", .changeFrame, "has a view show one frame for another",
            [.number("view"), .number("frame"), .number("other")]
        ) {
            $1.set($0.word16(1), at: 16)
            $1.set($0.number(2), at: 24)
            $1.set($0.number(3), at: 32)
        },
        views("vcpu_enable_notify", .enableNotification, "has a processor tell of accesses in a frame", [.number("frame")]) {
            $1.set(0 as UInt32, at: 16)
            $1.set($0.number(1), at: 24)
        },
    ]
}
