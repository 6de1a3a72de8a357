import Flask

/// A device-model operation that was let through: about which domain, and what came with it.
struct DeviceModelCall: Sendable {
    let command: DeviceModelCommand
    let domain: Domain
    let caller: Caller
    /// The operation's own part, which is given back where the operation says something.
    var payload: ABIStructure
    /// Each buffer that the caller handed in: where it is and how many bytes it has.
    let buffers: [(address: UInt64, size: UInt64)]
}
