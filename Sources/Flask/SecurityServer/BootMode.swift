/// How Flask is started: the values of the hypervisor's boot parameter `flask=` (Xen, xen/xsm/flask/flask_op.c:
/// `parse_flask_param`).
public enum BootMode: String, Hashable, Sendable, CaseIterable {
    /// Without a policy that loads there is no start.
    case enforcing
    /// Denials are told of and done all the same. It also starts without a policy.
    case permissive
    /// A policy that comes with the hypervisor is not looked at; all is allowed until one is loaded, which is enforced.
    case late
    /// There is no Flask.
    case disabled
}
