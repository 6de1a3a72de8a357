import Flask
import Synchronization

/// What was printed on a hypervisor's console.
final class Console: Sendable {
    private let messages = Mutex<[FlaskMessage]>([])

    var write: @Sendable (FlaskMessage) -> Void {
        { message in self.messages.withLock { $0.append(message) } }
    }

    /// The lines since the last time.
    func take() -> [String] {
        takeMessages().map { String(decoding: $0.text, as: UTF8.self) }
    }

    func takeMessages() -> [FlaskMessage] {
        messages.withLock { messages in
            defer { messages = [] }
            return messages
        }
    }
}
