extension AccessVectorCache {
    /// Asks for permissions, and tells of the answer on the console when the policy wants it told: denials but for those of
    /// `dontaudit`, and what `auditallow` names (Xen, xen/xsm/flask/avc.c: `avc_has_perm`). `subject` is asked for only then.
    ///
    /// Throws ``SecurityServerError/denied`` (`EACCES`), and the errors of ``check(source:target:objectClass:requested:processor:)``,
    /// which are told of as denials.
    @inlinable
    public func authorize(
        source: SecurityIdentifier, target: SecurityIdentifier, objectClass: UInt16, requested: UInt32, processor: Int = 0,
        _ subject: @autoclosure () -> AuditSubject = AuditSubject()
    ) throws(SecurityServerError) {
        let isGranted = isGrantedInSilence(
            source: source, target: target, objectClass: objectClass, requested: requested, processor: processor)
        if isGranted { return }
        try authorizeWithCare(source, target, objectClass, requested, processor, subject)
    }

    @usableFromInline
    func authorizeWithCare(
        _ source: SecurityIdentifier, _ target: SecurityIdentifier, _ objectClass: UInt16, _ requested: UInt32,
        _ processor: Int, _ subject: () -> AuditSubject
    ) throws(SecurityServerError) {
        let answer: Answer
        do {
            answer = try check(
                source: source, target: target, objectClass: objectClass, requested: requested, processor: processor)
        } catch {
            let none = Answer(isGranted: false, decision: AccessDecision(allowed: 0))
            tell(none, source, target, objectClass, requested, subject)
            throw error
        }
        tell(answer, source, target, objectClass, requested, subject)
        if !answer.isGranted { throw .denied }
    }

    private func tell(
        _ answer: Answer, _ source: SecurityIdentifier, _ target: SecurityIdentifier, _ objectClass: UInt16,
        _ requested: UInt32, _ subject: () -> AuditSubject
    ) {
        let told = AuditRecord.toTell(requested: requested, decision: answer.decision, hasFailed: !answer.isGranted)
        guard let told else { return }
        let record = AuditRecord(
            told.verdict, permissions: told.permissions, objectClass: objectClass, subject(), source: context(source),
            target: context(target), in: server.vocabulary)
        server.console(FlaskMessage(record, in: server.auditForm))
    }

    private func context(_ sid: SecurityIdentifier) -> AuditRecord.Context {
        if let text = try? server.text(of: sid) { .text(text) } else { .identifier(sid) }
    }
}
