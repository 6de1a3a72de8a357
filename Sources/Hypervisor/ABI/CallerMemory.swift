import Flask

/// The memory into which a caller's pointers point. It is shared with somebody hostile, who may write to it at any time:
/// what is looked at is copied first.
public protocol CallerMemory: Sendable {
    /// Bytes from an address on; nil when they are not all there.
    func read(_ count: Int, at address: UInt64) -> [UInt8]?
    /// Writes bytes from an address on; false when it is not all there.
    func write(_ bytes: [UInt8], at address: UInt64) -> Bool
}

extension CallerMemory {
    /// A structure of `size` bytes. Throws `EFAULT`.
    func structure(_ size: Int, at address: UInt64) throws(XenErrorNumber) -> ABIStructure {
        guard let bytes = read(size, at: address) else { throw .badAddress }
        return ABIStructure(bytes)
    }

    /// Gives a structure back. Throws `EFAULT`.
    func put(_ structure: ABIStructure, at address: UInt64) throws(XenErrorNumber) {
        guard write(structure.bytes, at: address) else { throw .badAddress }
    }

    /// Gives a part of a structure back. Throws `EFAULT`.
    func put(_ range: Range<Int>, of structure: ABIStructure, at address: UInt64) throws(XenErrorNumber) {
        guard write(Array(structure.bytes[range]), at: address &+ UInt64(range.lowerBound)) else { throw .badAddress }
    }
}
