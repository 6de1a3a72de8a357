import Synchronization
import Threading

/// A little memory of a caller that is not a process: of an embedder, of a scenario's domains, and of tests. It begins at an
/// address that is not zero, and outside it there is none.
public final class BufferMemory: CallerMemory {
    public let base: UInt64
    private let bytes: Lock<[UInt8]>

    public init(at base: UInt64, size: Int, filledWith byte: UInt8 = 0) {
        self.base = base
        bytes = Lock([UInt8](repeating: byte, count: size))
    }

    private func range(_ count: Int, _ address: UInt64, _ size: Int) -> Range<Int>? {
        guard address >= base, address - base <= UInt64(size) else { return nil }
        let start = Int(address - base)
        return count <= size - start ? start..<start + count : nil
    }

    public func read(_ count: Int, at address: UInt64) -> [UInt8]? {
        bytes.withLock { bytes in range(count, address, bytes.count).map { Array(bytes[$0]) } }
    }

    public func write(_ new: [UInt8], at address: UInt64) -> Bool {
        bytes.withLock { bytes in
            guard let range = range(new.count, address, bytes.count) else { return false }
            bytes.replaceSubrange(range, with: new)
            return true
        }
    }
}
