import CLinux
import CSandbox
import Glibc

// SAFETY: bytes are handed to the kernel with their count, which is that of the array, for the length of the call; what it
// says it wrote is at most that.

/// A connected socket of bytes, closed with this value. Nothing waits longer than until a deadline.
struct MachineChannel: ~Copyable {
    private let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)

    init(owning descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// A connection to a socket at a path.
    static func connection(to path: String) throws(MachineFailure) -> Int32 {
        let descriptor = unsafe linux_connect(path, 0)
        guard descriptor >= 0 else { throw .system(call: "connect", number: -descriptor) }
        return descriptor
    }

    /// What came, at least one byte; nil when the deadline passed first.
    mutating func receive(until deadline: Deadline) throws(MachineFailure) -> ArraySlice<UInt8>? {
        repeat {
            let count = unsafe sandbox_receive(descriptor, &buffer, buffer.count)
            if count > 0 { return buffer[..<min(count, buffer.count)] }
            if count == 0 { throw .closed }
            try Self.check(Int32(truncatingIfNeeded: count), "recv")
        } while try isReady(toWrite: false, until: deadline)
        return nil
    }

    /// Sends all bytes, and a descriptor with the first of them; false when the deadline passed before.
    func send(_ bytes: [UInt8], passing passed: Int32?, until deadline: Deadline) throws(MachineFailure) -> Bool {
        var rest = bytes[...]
        var passed = passed ?? -1
        repeat {
            let count = unsafe rest.withUnsafeBytes { unsafe sandbox_send(descriptor, $0.baseAddress, $0.count, passed) }
            if count >= 0 {
                rest = rest.dropFirst(count)
                // Once is enough.
                if count > 0 { passed = -1 }
                if rest.isEmpty { return true }
            } else {
                try Self.check(Int32(truncatingIfNeeded: count), "sendmsg")
            }
        } while try isReady(toWrite: true, until: deadline)
        return false
    }

    private func isReady(toWrite isWriting: Bool, until deadline: Deadline) throws(MachineFailure) -> Bool {
        let rest = deadline.rest
        guard rest > 0 else { return false }
        let result = sandbox_await(descriptor, isWriting ? 1 : 0, Int32(clamping: rest))
        if result < 0 { try Self.check(result, "poll") }
        return true
    }

    /// Throws unless it is worth another try.
    private static func check(_ result: Int32, _ call: String) throws(MachineFailure) {
        switch -result {
        case EAGAIN, EINTR: return
        case EPIPE, ECONNRESET: throw .closed
        default: throw .system(call: call, number: -result)
        }
    }

    /// How a descriptor was opened: `O_RDONLY`, `O_WRONLY`, `O_RDWR`.
    static func accessMode(of descriptor: Int32) throws(MachineFailure) -> Int32 {
        let mode = sandbox_access_mode(descriptor)
        guard mode >= 0 else { throw .system(call: "fcntl", number: -mode) }
        return mode
    }
}
