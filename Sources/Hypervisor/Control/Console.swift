import Synchronization
import Threading

/// The hypervisor's console: a ring that may be read, and somebody who is handed every line as it comes.
final class Console: Sendable {
    private let ring: Lock<ConsoleRing>
    private let output: @Sendable ([UInt8]) -> Void

    init(output: @escaping @Sendable ([UInt8]) -> Void) {
        ring = Lock(ConsoleRing())
        self.output = output
    }

    /// Prints a line of the hypervisor's own.
    func log(_ text: [UInt8]) { append(Array("(XEN) ".utf8) + text + [UInt8(ascii: "\n")]) }

    func log(_ text: String) { log(Array(text.utf8)) }

    /// Prints bytes as they are, a domain's for example.
    func append(_ bytes: [UInt8]) {
        ring.withLock { $0.append(bytes) }
        output(bytes)
    }

    /// See ``ConsoleRing/read(from:limit:clears:)``.
    func read(from index: UInt32?, limit: Int, clears: Bool) -> (bytes: [UInt8], next: UInt32) {
        ring.withLock { $0.read(from: index, limit: limit, clears: clears) }
    }
}
