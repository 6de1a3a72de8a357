extension SecurityServer {
    /// Starts Flask, with the policy that was handed to the hypervisor if there is one (Xen, xen/xsm/flask/hooks.c:
    /// `flask_init`). Nil when Flask is disabled.
    ///
    /// Throws ``BootError`` where Xen stops: when a policy is to be enforced from the start and none can be loaded.
    public static func boot(
        _ mode: BootMode, policy: [UInt8]?, vocabulary: Vocabulary, options: Options = Options(),
        console: @escaping @Sendable (FlaskMessage) -> Void = { _ in }
    ) throws(BootError) -> SecurityServer? {
        guard mode != .disabled else {
            console(FlaskMessage("Flask: Disabled at boot."))
            return nil
        }
        let server = SecurityServer(
            vocabulary: vocabulary, isEnforcing: mode != .permissive, options: options, console: console)
        var failure: BootError? = .noPolicy
        if let policy, mode != .late {
            do throws(PolicyLoadError) {
                _ = try server.load(policy)
                failure = nil
            } catch {
                failure = .policy(error)
            }
        }
        if let failure, mode == .enforcing { throw failure }
        console(
            FlaskMessage(
                failure != nil
                    ? "Flask:  Access controls disabled until policy is loaded."
                    : "Flask:  Starting in \(server.isEnforcing ? "enforcing" : "permissive") mode."))
        return server
    }

    /// Decides about an operation that no permission is known for, `sysctl` 99 for example, and tells of it (Xen,
    /// xen/xsm/flask/hooks.c: `avc_unknown_permission`). It is allowed when nothing is enforced, and when the policy allows
    /// what it does not know.
    ///
    /// Throws ``SecurityServerError/unknownOperation`` (`EPERM`).
    public func authorizeUnknown(_ kind: String, _ number: Int32) throws(SecurityServerError) {
        let isAllowed = !isEnforcing || allowsUnknown
        console(FlaskMessage("FLASK: \(isAllowed ? "Allowing" : "Denying") unknown \(kind): \(number)."))
        if !isAllowed { throw .unknownOperation }
    }
}
