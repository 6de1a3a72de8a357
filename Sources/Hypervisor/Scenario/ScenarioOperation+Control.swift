import Flask

extension ScenarioOperation {
    /// `domctl` on a domain, by its command.
    private static func domctl(
        _ name: String, _ command: DomainControlCommand, _ more: [Parameter] = [],
        _ body: @escaping @Sendable (ScenarioContext, inout ABIStructure) -> Void = { _, _ in }
    ) -> ScenarioOperation {
        ScenarioOperation(name, [.target] + more) { context in
            context.domctl(command, context.domain()) { body(context, &$0) }
        }
    }

    static let domainControl: [ScenarioOperation] = [
        ScenarioOperation("createdomain", [.text("label")]) { (context) throws(ScenarioContext.Failure) in
            let label = try context.label(0)
            return context.domctl(.createDomain, 0) { call in
                call.set(label, at: 16)
                call.set(1 as UInt32, at: 44)
                call.set(1 as UInt32, at: 60)
            }
        },
        domctl("destroydomain", .destroyDomain),
        domctl("pausedomain", .pauseDomain),
        domctl("unpausedomain", .unpauseDomain),
        domctl("resumedomain", .resumeDomain),
        domctl("getdomaininfo", .getDomainInfo),
        domctl("max_vcpus", .maximumProcessors, [.number("count")]) { $1.set(UInt32(truncatingIfNeeded: $0.number(1)), at: 16) },
        domctl("max_mem", .maximumMemory, [.number("kilobytes")]) { $1.set($0.number(1), at: 16) },
        domctl("setdomainhandle", .setHandle),
        domctl("setdebugging", .setDebugging),
        domctl("settimeoffset", .setTimeOffset),
        domctl("getvcpuinfo", .getProcessorInfo, [.number("vcpu", isOptional: true)]) {
            $1.set(UInt32(truncatingIfNeeded: $0.number(1)), at: 16)
        },
        ScenarioOperation("set_target", [.target, Parameter(name: "target", kind: .domain)]) { context in
            context.domctl(.setTarget, context.domain()) { $0.set(context.domain(1), at: 16) }
        },
    ]

    /// `sysctl`, by its command.
    private static func sysctl(
        _ name: String, _ command: SystemControlCommand, _ more: [Parameter] = [],
        _ body: @escaping @Sendable (ScenarioContext, inout ABIStructure) -> Void = { _, _ in }
    ) -> ScenarioOperation {
        ScenarioOperation(name, more) { context in context.sysctl(command) { body(context, &$0) } }
    }

    static let systemControl: [ScenarioOperation] = [
        sysctl("readconsole", .readConsole, [.number("clear", isOptional: true)]) { context, call in
            call.set(UInt8(context.number(0) == 0 ? 0 : 1), at: 8)
            call.set(ScenarioContext.buffer, at: 16)
            call.set(256 as UInt32, at: 24)
        },
        sysctl("physinfo", .physicalInfo),
        sysctl("cputopoinfo", .cpuTopology),
        sysctl("numainfo", .numaInfo),
        sysctl("sched_id", .schedulerID),
        sysctl("getcpuinfo", .cpuInfo) { $1.set(ScenarioContext.buffer, at: 16) },
        sysctl("availheap", .availableHeap),
        sysctl("debug_keys", .debugKeys, [.text("keys")]) { context, call in
            context.put(Array(context.arguments[0].utf8))
            call.set(ScenarioContext.buffer, at: 8)
            call.set(UInt32(context.arguments[0].utf8.count), at: 16)
        },
        sysctl("getdomaininfolist", .domainInfoList) { context, call in
            call.set(64 as UInt32, at: 12)
            call.set(ScenarioContext.buffer, at: 16)
        },
    ]

    static let versionAndConsole: [ScenarioOperation] = [
        ScenarioOperation("version", [.text("what")]) { (context) throws(ScenarioContext.Failure) in
            let names: [String: VersionCommand] = [
                "version": .version, "extraversion": .extraVersion, "compile_info": .compileInfo, "capabilities": .capabilities,
                "changeset": .changeset, "pagesize": .pageSize, "guest_handle": .guestHandle, "commandline": .commandLine,
                "build_id": .buildID,
            ]
            guard let command = names[context.arguments[0]] else {
                throw .init(message: "`version` tells \(names.keys.sorted().map { "`\($0)`" }.joined(separator: ", "))")
            }
            return context.call(.version, [UInt64(command.rawValue), ScenarioContext.buffer])
        },
        ScenarioOperation("writeconsole", [.text("text")]) { context in
            context.put(Array(context.arguments[0].utf8))
            return context.call(.console, [0, UInt64(context.arguments[0].utf8.count), ScenarioContext.buffer])
        },
        ScenarioOperation("console_read") { $0.call(.console, [1, 16, ScenarioContext.buffer]) },
    ]

    static let security: [ScenarioOperation] = [
        ScenarioOperation("getenforce") { $0.flask(.getEnforce) },
        ScenarioOperation("setenforce", [.number("value")]) { context in
            context.flask(.setEnforce) { $0.set(UInt32(truncatingIfNeeded: context.number(0)), at: 8) }
        },
        ScenarioOperation("context_to_sid", [.text("label")]) { context in
            context.put(Array(context.arguments[0].utf8))
            return context.flask(.contextToSID) { call in
                call.set(UInt32(context.arguments[0].utf8.count), at: 12)
                call.set(ScenarioContext.buffer, at: 16)
            }
        },
        ScenarioOperation("relabel", [.target, .text("label")]) { (context) throws(ScenarioContext.Failure) in
            let label = try context.label(1)
            let isSelf = context.domain() == context.actor.number.rawValue
            return context.flask(.relabelDomain) { call in
                call.set(isSelf ? 0x7ff0 : UInt32(context.domain()), at: 8)
                call.set(label, at: 12)
            }
        },
    ]
}
