public import Flask

/// Why a hypervisor does not start.
public enum StartError: Error, Hashable, Sendable {
    case flask(BootError)
    /// The policy does not let the hypervisor create its first domain, or its label cannot be made.
    case dom0(XenErrorNumber)

    /// The last words of Xen.
    public var xenMessage: String {
        switch self {
        case .flask(let error): error.xenMessage
        case .dom0: "Error creating domain 0"
        }
    }
}
