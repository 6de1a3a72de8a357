import Flask
import TestSupport

@testable import Hypervisor

/// `xsm_op`, which is Flask's own, by dom0.
enum SecurityCases {
    typealias Need = PermissionCase.Need

    private static func onSecurity(
        _ name: String, _ permission: String, _ command: FlaskCommand,
        prepare: @escaping @Sendable (Lab) throws -> Void = { _ in },
        _ body: @escaping @Sendable (inout ABIStructure) -> Void
    ) -> PermissionCase {
        PermissionCase(
            name: "xsm_op: \(name)", needs: [Need("dom0", "security", "security", permission, for: "current=d0")],
            prepare: prepare, run: { $0.flask(command, body) })
    }

    private static func text(_ text: String) -> @Sendable (Lab) throws -> Void {
        { _ = $0.memory.write(Array(text.utf8), at: Lab.buffer) }
    }

    private static let context = "system_u:system_r:guest"

    private static let buffer: @Sendable (inout ABIStructure) -> Void = {
        $0.set(UInt32(context.utf8.count), at: 12)
        $0.set(Lab.buffer, at: 16)
    }

    /// Two labels and a class.
    private static let question: @Sendable (inout ABIStructure) -> Void = {
        $0.set(2 as UInt32, at: 8)
        $0.set(2 as UInt32, at: 12)
        $0.set(1 as UInt32, at: 16)
    }

    private static let range: @Sendable (inout ABIStructure) -> Void = {
        $0.set(2 as UInt32, at: 8)
        $0.set(2 as UInt32, at: 12)
        $0.set(0x70 as UInt64, at: 16)
        $0.set(0x71 as UInt64, at: 24)
    }

    static let all: [PermissionCase] = [
        onSecurity("FLASK_ACCESS", "compute_av", .access, question),
        onSecurity("FLASK_CREATE", "compute_create", .create, question),
        onSecurity("FLASK_MEMBER", "compute_member", .member, question),
        onSecurity("FLASK_RELABEL", "compute_relabel", .relabel, question),
        onSecurity("FLASK_CONTEXT_TO_SID", "check_context", .contextToSID, prepare: text(context), buffer),
        onSecurity("FLASK_SID_TO_CONTEXT", "check_context", .sidToContext) {
            $0.set(2 as UInt32, at: 8)
            $0.set(200 as UInt32, at: 12)
            $0.set(Lab.buffer, at: 16)
        },
        PermissionCase(
            name: "xsm_op: FLASK_LOAD", needs: [Need("dom0", "security", "security", "load_policy", for: "current=d0")],
            run: { lab in
                let image = try Lab.policy(only: []).image()
                guard lab.memory.write(image, at: Lab.buffer) else { return .min }
                return lab.flask(.load) {
                    $0.set(Lab.buffer, at: 8)
                    $0.set(UInt32(image.count), at: 16)
                }
            }),
        onSecurity("FLASK_SETENFORCE", "setenforce", .setEnforce) { _ in },
        onSecurity("FLASK_SETBOOL", "setbool", .setBoolean) { _ in },
        onSecurity("FLASK_COMMITBOOLS", "setbool", .commitBooleans) { _ in },
        onSecurity("FLASK_SETAVC_THRESHOLD", "setsecparam", .setCacheThreshold) { $0.set(600 as UInt32, at: 8) },
        onSecurity("FLASK_ADD_OCONTEXT", "add_ocontext", .addObjectContext, range),
        // Contexts of objects go with the policy that they were added to: without one nothing is found.
        PermissionCase(
            name: "xsm_op: FLASK_DEL_OCONTEXT", needs: [Need("dom0", "security", "security", "del_ocontext", for: "current=d0")],
            run: { $0.flask(.removeObjectContext, range) }, succeeds: { $0 == -2 }),
        onSecurity("FLASK_DEVICETREE_LABEL", "add_ocontext", .labelDeviceTreeNode, prepare: text("/soc")) {
            $0.set(2 as UInt32, at: 8)
            $0.set(4 as UInt32, at: 12)
            $0.set(Lab.buffer, at: 16)
        },
        PermissionCase(
            name: "xsm_op: FLASK_DEVICETREE_LABEL, away",
            needs: [Need("dom0", "security", "security", "del_ocontext", for: "current=d0")], prepare: text("/soc"),
            run: {
                $0.flask(.labelDeviceTreeNode) {
                    $0.set(4 as UInt32, at: 12)
                    $0.set(Lab.buffer, at: 16)
                }
            }, succeeds: { $0 == -2 }),
        PermissionCase(
            name: "xsm_op: FLASK_RELABEL_DOMAIN",
            needs: [
                Need("dom0", "guest", "domain2", "relabelfrom", for: "source=d0 target=d1"),
                Need("dom0", "other", "domain2", "relabelto", for: "source=d0 target=d1"),
                Need("guest", "other", "domain", "transition", for: "source=d0 target=d1"),
            ],
            prepare: { try $0.createDomain() }, run: relabel(1)),
        PermissionCase(
            name: "xsm_op: FLASK_RELABEL_DOMAIN, itself",
            needs: [
                Need("dom0", "other", "domain2", "relabelself", for: "source=d0"),
                Need("dom0", "other", "domain", "transition", for: "source=d0"),
            ], run: relabel(UInt32(DomainIdentifier.caller.rawValue))),
    ]

    private static func relabel(_ domain: UInt32) -> @Sendable (Lab) throws -> Int64 {
        { lab in
            let label = try lab.sid("other")
            return lab.flask(.relabelDomain) {
                $0.set(domain, at: 8)
                $0.set(label.rawValue, at: 12)
            }
        }
    }
}
