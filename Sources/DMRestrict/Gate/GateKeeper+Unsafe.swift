import CSandbox
import Glibc

// SAFETY: the kernel copies what it is passed, as many bytes as it is told, before a call returns; and writes no more than there is
// room for.

/// The launcher's end of a gate.
public struct GateKeeper: Hashable, Sendable {
    /// The socket to be watched.
    public let descriptor: Int32
    /// The device model's end, to be passed to it and then closed here.
    public let passed: Int32

    /// Makes both ends, and says what the device model will have to keep to. Throws ``LaunchFailure``.
    public init(_ gate: Gate) throws(LaunchFailure) {
        var ends: [Int32] = [-1, -1]
        let made = unsafe sandbox_socket_pair(&ends)
        guard made == 0 else { throw LaunchFailure(step: "gate", call: "socketpair", number: -made, object: "") }
        (descriptor, passed) = (ends[0], ends[1])
        let message = gate.message
        let sent = unsafe sandbox_send(descriptor, message, message.count, -1)
        guard sent == message.count else {
            close(ends[0])
            close(ends[1])
            throw LaunchFailure(step: "gate", call: "send", number: sent < 0 ? Int32(-sent) : EMSGSIZE, object: gate.filter.profile)
        }
    }

    /// Whether the device model stands there: what there is to read says so.
    public func isReached() -> Bool {
        var said: [UInt8] = [0, 0]
        let count = unsafe sandbox_receive(descriptor, &said, said.count)
        return count == 1 && said[0] == UInt8(ascii: "r")
    }

    /// Lets it go on, and closes the gate: to be called once.
    public func open() {
        let word = [UInt8(ascii: "g")]
        unsafe _ = sandbox_send(descriptor, word, 1, -1)
        close(descriptor)
    }
}
