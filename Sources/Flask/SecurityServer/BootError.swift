/// Why a hypervisor that is to enforce a policy does not start.
public enum BootError: Error, Hashable, Sendable {
    /// There is no policy to load.
    case noPolicy
    case policy(PolicyLoadError)

    /// The last words of Xen (xen/xsm/flask/hooks.c: `flask_init`).
    public var xenMessage: String { "Unable to load FLASK policy" }
}
