import Flask

extension ScenarioOperation {
    /// `flask_op` about two labels and a class, `domain` where none is said.
    private static func question(_ name: String, _ command: FlaskCommand, _ summary: String) -> ScenarioOperation {
        ScenarioOperation(name, summary, [.text("source"), .text("target")]) { (context) throws(ScenarioContext.Failure) in
            let (source, target) = (try context.label(0), try context.label(1))
            return context.flask(command) { call in
                call.set(source, at: 8)
                call.set(target, at: 12)
                call.set(UInt32(context.hypervisor.configuration.vocabulary.objectClass(named: "domain")?.number ?? 0), at: 16)
            }
        }
    }

    private static let objects = Parameter.choice(
        "pirq|ioport|iomem|pcidevice", ["pirq": 1, "ioport": 2, "iomem": 3, "pcidevice": 4])

    private static func objectContext(
        _ name: String, _ command: FlaskCommand, _ summary: String, _ more: [Parameter]
    ) -> ScenarioOperation {
        ScenarioOperation(name, summary, [objects, .range("range")] + more) { (context) throws(ScenarioContext.Failure) in
            let label = context.has(2) ? try context.label(2) : 0
            return context.flask(command) { call in
                call.set(context.word32(0), at: 8)
                call.set(label, at: 12)
                call.set(context.range(1).lowerBound, at: 16)
                call.set(context.range(1).upperBound, at: 24)
            }
        }
    }

    /// A structure with a text: how long it is, and where.
    private static let text: @Sendable (ScenarioContext, inout ABIStructure) -> Void = {
        $0.put($0.text(0))
        $1.set(UInt32($0.text(0).count), at: 12)
        $1.set(ScenarioContext.buffer, at: 16)
    }

    static let security: [ScenarioOperation] = [
        ScenarioOperation("getenforce", "tells whether the policy is enforced") { $0.flask(.getEnforce) },
        ScenarioOperation("setenforce", "has the policy be enforced, or not", [.number("value")]) { context in
            context.flask(.setEnforce) { $0.set(context.word32(0), at: 8) }
        },
        ScenarioOperation("load_policy", "loads the policy again that the scenario is run with") { context in
            context.put(context.policy)
            return context.flask(.load) { call in
                call.set(ScenarioContext.buffer, at: 8)
                call.set(UInt32(context.policy.count), at: 16)
            }
        },
        ScenarioOperation("context_to_sid", "asks for the number of a label", [.text("label")], gives: "sid") { context in
            let result = context.flask(.contextToSID) { text(context, &$0) }
            return context.giving(result, { UInt64($0.word32(at: 8)) }, of: 40)
        },
        ScenarioOperation("sid_to_context", "asks for the text of a label", [.number("sid")]) { context in
            context.flask(.sidToContext) { call in
                call.set(context.word32(0), at: 8)
                call.set(200 as UInt32, at: 12)
                call.set(ScenarioContext.buffer, at: 16)
            }
        },
        question("flask_access", .access, "asks what a label may do to another"),
        question("flask_create", .create, "asks what is the label of something new"),
        question("flask_member", .member, "asks what is the label of a member"),
        question("flask_relabel", .relabel, "asks what something is to be relabelled to"),
        ScenarioOperation("setbool", "sets a boolean of the policy", [.text("name"), .choice("on|off", ["on": 1, "off": 0])]) {
            context in
            context.flask(.setBoolean) { call in
                context.put(context.text(0))
                call.set(UInt32.max, at: 8)
                call.set(UInt8(truncatingIfNeeded: context.number(1)), at: 14)
                call.set(UInt32(context.text(0).count), at: 16)
                call.set(ScenarioContext.buffer, at: 24)
            }
        },
        ScenarioOperation("commitbools", "has booleans take effect that were set") { $0.flask(.commitBooleans) },
        ScenarioOperation("setavc_threshold", "sets how many decisions are kept", [.number("entries")]) { context in
            context.flask(.setCacheThreshold) { $0.set(context.word32(0), at: 8) }
        },
        objectContext("add_ocontext", .addObjectContext, "labels interrupts, ports, frames or devices", [.text("label")]),
        objectContext("del_ocontext", .removeObjectContext, "takes a label from them", []),
        ScenarioOperation(
            "devicetree_label", "labels a device of the device tree, or not any more",
            [.text("path"), .text("label", isOptional: true)]
        ) {
            (context) throws(ScenarioContext.Failure) in
            let label = context.has(1) ? try context.label(1) : 0
            return context.flask(.labelDeviceTreeNode) { call in
                text(context, &call)
                call.set(label, at: 8)
            }
        },
    ]
}
