import Hypervisor
import Synchronization

/// A little memory of a caller. It begins at an address that is not zero, and outside it there is none.
final class TestMemory: CallerMemory {
    static let base: UInt64 = 0x1000
    private let bytes = Mutex([UInt8](repeating: 0xee, count: 0x20000))

    private static func range(_ count: Int, _ address: UInt64, _ size: Int) -> Range<Int>? {
        guard address >= base, address - base <= UInt64(size) else { return nil }
        let start = Int(address - base)
        return count <= size - start ? start..<start + count : nil
    }

    func read(_ count: Int, at address: UInt64) -> [UInt8]? {
        bytes.withLock { bytes in Self.range(count, address, bytes.count).map { Array(bytes[$0]) } }
    }

    func write(_ new: [UInt8], at address: UInt64) -> Bool {
        bytes.withLock { bytes in
            guard let range = Self.range(new.count, address, bytes.count) else { return false }
            bytes.replaceSubrange(range, with: new)
            return true
        }
    }
}
