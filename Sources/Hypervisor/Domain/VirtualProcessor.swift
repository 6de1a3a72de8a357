/// A virtual processor of a domain.
struct VirtualProcessor: Sendable {
    /// Whether the guest has brought it up.
    var isOnline = false
    var isBlocked = false
    /// On which processors it may and likes to run, by bit.
    var hardAffinity = UInt64.max
    var softAffinity = UInt64.max
    /// Its registers as they were set, `struct vcpu_guest_context`; nil until then.
    var context: [UInt8]?
    var runTime: UInt64 = 0
}
