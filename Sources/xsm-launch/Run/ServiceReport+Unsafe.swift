import CSandbox
import Commands
import Files
import Glibc

// SAFETY: bytes are passed to calls with their count, for the length of the call.

/// What the process that serves a guest tells the one that has started it, and waits for.
struct ServiceReport {
    private var socket: Int32 = -1

    enum Message: Hashable {
        /// Its device model serves as a user, and lets the guest go once somebody looks, or nobody will.
        case serves(user: UInt32)
        /// Something for whoever runs it to read.
        case text(String)
    }

    /// How long somebody may take to look, in milliseconds.
    private static let patience: Int32 = 10_000

    /// Goes on twice: 0 in the background. Nil when the system has no more processes.
    mutating func goToBackground() -> Int32? {
        let child = unsafe sandbox_background(&socket)
        return child < 0 ? nil : child
    }

    // MARK: In the background

    /// Tells that it serves, and waits for somebody who looks. Whoever was interrupted meanwhile wants no guest.
    func serve(_ user: UInt32) throws(CommandFailure) {
        send(Array("u\(user)".utf8))
        if sandbox_await(socket, 0, Self.patience) == 1 {
            var byte: UInt8 = 0
            guard unsafe sandbox_receive(socket, &byte, 1) > 0 else { throw CommandFailure("who has started it was ended") }
        }
    }

    func say(_ text: String) { send(Array("t\(text)".utf8)) }

    private func send(_ bytes: [UInt8]) { unsafe _ = sandbox_send(socket, bytes, bytes.count, -1) }

    // MARK: In the foreground

    /// The next message; nil when there will be none.
    private func receive() -> Message? {
        var bytes = [UInt8](repeating: 0, count: 1 << 14)
        guard sandbox_await(socket, 0, -1) == 1 else { return nil }
        let count = unsafe sandbox_receive(socket, &bytes, bytes.count)
        guard count > 0 else { return nil }
        let text = String(decoding: bytes[1..<count], as: UTF8.self)
        return bytes[0] == UInt8(ascii: "u") ? UInt32(text).map { .serves(user: $0) } : .text(text)
    }

    /// Says what the service tells, until it serves: its user. Nil when it has ended before.
    func userServed() -> UInt32? {
        while let message = receive() {
            switch message {
            case .serves(let user): return user
            case .text(let text): tell(text + "\n", STDERR_FILENO)
            }
        }
        return nil
    }

    /// Whoever looks does.
    func letGo() { send([UInt8(ascii: "g")]) }

    /// Waits until the service has ended, says what it told, and gives its status.
    func statusAtEnd(of child: Int32) -> Int32 {
        while userServed() != nil {}
        var status: Int32 = 0
        guard unsafe sandbox_wait(child, &status) == 0 else { return 125 }
        return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + status & 0x7f
    }
}
