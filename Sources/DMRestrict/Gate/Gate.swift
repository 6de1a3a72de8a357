/// Where a device model waits until its launcher lets it go on: it has restricted what it has open to its domain, made itself
/// undumpable and put all its threads under the tighter filter, and nothing of its guest has run yet.
///
/// The library that does this there is `libxsm-gate.so` (Sources/LaunchGate); the two speak by a socket of messages.
public struct Gate: Hashable, Sendable {
    /// The library, by its path in the tree that the device model sees.
    public let library: String
    /// The number of the socket's end in the device model.
    public let descriptor: Int32
    /// What it keeps to from there on.
    public let filter: SystemCallFilter

    public init(library: String, descriptor: Int32, filter: SystemCallFilter) {
        self.library = library
        self.descriptor = descriptor
        self.filter = filter
    }

    /// What the device model has in its environment.
    var environment: [String: String] { ["LD_PRELOAD": library, "XSM_GATE": "\(descriptor)"] }

    /// `XSMG`, and the version of what is said.
    private static let magic: UInt32 = 0x474d_5358
    private static let version: UInt32 = 1

    /// What the device model is sent before it starts: what it is, the count of instructions, the instructions.
    var message: [UInt8] {
        let head = [Self.magic, Self.version, UInt32(clamping: filter.program.count), 0]
        return head.flatMap(\.littleEndianBytes) + filter.program.flatMap(\.bytes)
    }
}
