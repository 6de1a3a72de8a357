/// A line that Flask prints on the hypervisor's console.
public struct FlaskMessage: Hashable, Sendable {
    /// Without `(XEN) ` and without a line end. Names in it may be any bytes.
    public let text: [UInt8]
    /// What the line tells of, where it is a decision of the access-vector cache.
    public private(set) var record: AuditRecord?

    init(_ text: [UInt8]) {
        self.text = text
    }

    init(_ text: String) {
        self.init(Array(text.utf8))
    }

    init(_ record: AuditRecord, in form: AuditForm) {
        text = form.text(of: record)
        self.record = record
    }

    /// Xen, xen/xsm/flask/ss/services.c: `security_dump_masked_av`.
    init(boundsViolation violation: BoundsViolation, in policy: LoadedPolicy) {
        var text = Array("Flask: op=security_compute_av reason=bounds scontext=".utf8)
        text += policy.knownText(of: violation.source) + " tcontext=".utf8 + policy.knownText(of: violation.target)
        text += " tclass=".utf8 + policy.className(violation.objectClass) + " perms=".utf8
        let permissions = policy.tables.policy.classes[Int(violation.objectClass) - 1].permissions
        var separator: [UInt8] = []
        for bit in 0..<32 where violation.permissions >> UInt32(bit) & 1 == 1 {
            text += separator
            text += permissions.first { $0.number == bit + 1 }?.name.bytes ?? Array("????".utf8)
            separator = [UInt8(ascii: ",")]
        }
        self.init(text)
    }

    /// Xen, xen/xsm/flask/ss/services.c: `compute_sid_handle_invalid_context`.
    init(
        invalidNewContext context: SecurityContext, source: SecurityContext, target: SecurityContext, objectClass: UInt16,
        in policy: LoadedPolicy
    ) {
        text =
            Array("security_compute_sid:  invalid context ".utf8) + policy.knownText(of: context)
            + " for scontext=".utf8 + policy.knownText(of: source) + " tcontext=".utf8 + policy.knownText(of: target)
            + " tclass=".utf8 + policy.className(objectClass)
    }

    /// Xen, xen/xsm/flask/ss/services.c: `security_validtrans_handle_fail`.
    init(deniedTransition contexts: [SecurityContext], objectClass: UInt16, in policy: LoadedPolicy) {
        var text = Array("security_validate_transition:  denied for".utf8)
        for (name, context) in zip(["oldcontext", "newcontext", "taskcontext"], contexts) {
            text += " \(name)=".utf8 + policy.knownText(of: context)
        }
        self.text = text + " tclass=".utf8 + policy.className(objectClass)
    }

    /// Xen, xen/xsm/flask/ss/services.c: `security_set_bools`.
    init(committedBooleans booleans: [(name: Name, value: Bool)]) {
        var text = Array("Flask: committed booleans { ".utf8)
        var separator: [UInt8] = []
        for (name, value) in booleans {
            text += separator + name.bytes + (value ? ":1" : ":0").utf8
            separator = Array(", ".utf8)
        }
        self.text = text + " }".utf8
    }

    /// Xen, xen/xsm/flask/flask_op.c: `flask_security_load`.
    init(loadedLate isEnforcing: Bool) {
        self.init("Flask: Policy loaded, continuing in \(isEnforcing ? "enforcing" : "permissive") mode.")
    }

    /// Xen, xen/xsm/flask/ss/services.c: `convert_context`.
    init(invalidated context: SecurityContext, in policy: LoadedPolicy) {
        text = Array("Flask:  invalidating context ".utf8) + policy.knownText(of: context)
    }

    /// Xen, xen/xsm/flask/ss/services.c: `convert_context_handle_invalid_context`.
    init(keptInvalid context: SecurityContext, in policy: LoadedPolicy) {
        text = Array("Flask:  context ".utf8) + policy.knownText(of: context) + " is invalid".utf8
    }
}

extension LoadedPolicy {
    /// A context that is known to have names; Xen prints `(null)` where it has none.
    fileprivate func knownText(of context: SecurityContext) -> [UInt8] {
        (try? text(of: context)) ?? Array("(null)".utf8)
    }

    fileprivate func className(_ number: UInt16) -> [UInt8] {
        number > 0 && number <= tables.policy.classes.count
            ? tables.policy.classes[Int(number) - 1].name.bytes : Array(String(number).utf8)
    }
}
