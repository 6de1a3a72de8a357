import CLinux
public import Flask
import Glibc
import Synchronization
import Threading

// SAFETY: every access is compared with the size of the mapping first, which lives as long as its owner and can neither shrink
// nor grow: the file is sealed before anybody else is handed it, so that no access can fail. What lies in it are plain bytes.
// Others write to them at any time, so that a copy may hold some of the old and some of the new, which is as good as any other
// value to whoever validates the copy; words that are agreed upon are read and written as atomic ones.

/// Memory that is shared with other processes, by a descriptor that they are handed: a client's hypercall buffers, a domain's
/// pages, the pages of an ioreq server. It takes what is touched of it, not what it is large.
@safe public final class SharedMemory: Sendable {
    /// The memory's file, which cannot change its size.
    public let descriptor: Int32
    /// How many bytes it has, a multiple of 4,096.
    public let size: Int
    nonisolated(unsafe) private let base: UnsafeMutableRawPointer
    private let readOnly = Lock<Int32>(-1)

    /// Zeroed memory of a number of pages. Throws `ENOMEM` when there is none to have.
    public init(pages: Int) throws(XenErrorNumber) {
        guard pages > 0, pages <= 1 << 28 else { throw .outOfMemory }
        size = pages * 4_096
        descriptor = linux_sealed_memory(size)
        guard descriptor >= 0 else { throw .outOfMemory }
        let mapping = unsafe mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, descriptor, 0)
        guard let mapping = unsafe mapping, unsafe mapping != MAP_FAILED else {
            close(descriptor)
            throw .outOfMemory
        }
        unsafe base = mapping
    }

    /// Another process's memory, by its descriptor, which is sealed as ``descriptor`` is. Takes over the descriptor. Throws `ENOMEM`.
    init(adopting descriptor: Int32, size: Int) throws(SystemError) {
        self.descriptor = descriptor
        self.size = size
        let mapping = unsafe mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        guard let mapping = unsafe mapping, unsafe mapping != MAP_FAILED else {
            close(descriptor)
            throw SystemError(number: ENOMEM)
        }
        unsafe base = mapping
    }

    deinit {
        unsafe munmap(base, size)
        close(descriptor)
        readOnly.withLock { descriptor in
            if descriptor >= 0 { close(descriptor) }
        }
    }

    private func contains(_ offset: Int, _ count: Int) -> Bool { offset >= 0 && count >= 0 && offset <= size && count <= size - offset }

    /// A copy of bytes; nil when they are not all there.
    public func read(_ count: Int, at offset: Int) -> [UInt8]? {
        guard contains(offset, count) else { return nil }
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            if let target = buffer.baseAddress { unsafe memcpy(target, base + offset, count) }
            initialized = count
        }
    }

    /// Writes bytes; false when there is no room for all.
    public func write(_ bytes: [UInt8], at offset: Int) -> Bool {
        guard contains(offset, bytes.count) else { return false }
        unsafe bytes.withUnsafeBytes { source in
            if let start = source.baseAddress { unsafe memcpy(base + offset, start, source.count) }
        }
        return true
    }

    /// Makes bytes zero; false when they are not all there.
    public func clear(_ count: Int, at offset: Int) -> Bool {
        guard contains(offset, count) else { return false }
        unsafe memset(base + offset, 0, count)
        return true
    }

    /// Makes whole pages empty, so that they take nothing any more; false when they are not all there.
    public func discard(_ count: Int, at offset: Int) -> Bool {
        guard contains(offset, count), offset % 4_096 == 0, count % 4_096 == 0 else { return false }
        return unsafe madvise(base + offset, count, MADV_REMOVE) == 0 || clear(count, at: offset)
    }

    /// Copies bytes from here to another memory; false when they are not all there, or have no room.
    public func copy(_ count: Int, from offset: Int, to target: SharedMemory, at targetOffset: Int) -> Bool {
        guard contains(offset, count), target.contains(targetOffset, count) else { return false }
        unsafe memmove(target.base + targetOffset, base + offset, count)
        return true
    }

    /// A descriptor of the same memory that cannot be mapped to be written to, made once. Throws `EACCES` when it cannot be had.
    public func readOnlyDescriptor() throws(XenErrorNumber) -> Int32 {
        let made = readOnly.withLock { descriptor in
            if descriptor < 0 {
                descriptor = linux_open_read_only(self.descriptor)
            }
            return descriptor
        }
        guard made >= 0 else { throw .permissionDenied }
        return made
    }

    // MARK: Words that are agreed upon

    /// A word at a multiple of its size; nil when it is not there.
    public func load32(at offset: Int) -> UInt32? {
        guard contains(offset, 4), offset % 4 == 0 else { return nil }
        return unsafe (base + offset).assumingMemoryBound(to: Atomic<UInt32>.self).pointee.load(ordering: .acquiring)
    }

    public func load64(at offset: Int) -> UInt64? {
        guard contains(offset, 8), offset % 8 == 0 else { return nil }
        return unsafe (base + offset).assumingMemoryBound(to: Atomic<UInt64>.self).pointee.load(ordering: .acquiring)
    }

    /// Stores a word at a multiple of its size; false when there is none.
    @discardableResult
    public func store(_ value: UInt32, at offset: Int) -> Bool {
        guard contains(offset, 4), offset % 4 == 0 else { return false }
        unsafe (base + offset).assumingMemoryBound(to: Atomic<UInt32>.self).pointee.store(value, ordering: .releasing)
        return true
    }

    @discardableResult
    public func store(_ value: UInt64, at offset: Int) -> Bool {
        guard contains(offset, 8), offset % 8 == 0 else { return false }
        unsafe (base + offset).assumingMemoryBound(to: Atomic<UInt64>.self).pointee.store(value, ordering: .releasing)
        return true
    }

    /// Replaces a word if it is as expected: what was there, or nil when there is none.
    public func exchange(_ expected: UInt64, for value: UInt64, at offset: Int) -> (exchanged: Bool, original: UInt64)? {
        guard contains(offset, 8), offset % 8 == 0 else { return nil }
        return unsafe (base + offset).assumingMemoryBound(to: Atomic<UInt64>.self).pointee
            .compareExchange(expected: expected, desired: value, ordering: .acquiringAndReleasing)
    }

    public func exchange(_ expected: UInt32, for value: UInt32, at offset: Int) -> (exchanged: Bool, original: UInt32)? {
        guard contains(offset, 4), offset % 4 == 0 else { return nil }
        return unsafe (base + offset).assumingMemoryBound(to: Atomic<UInt32>.self).pointee
            .compareExchange(expected: expected, desired: value, ordering: .acquiringAndReleasing)
    }

    /// Sets bits of a word; what was there, or nil when there is none.
    @discardableResult
    public func formUnion(_ bits: UInt64, at offset: Int) -> UInt64? {
        guard contains(offset, 8), offset % 8 == 0 else { return nil }
        return unsafe (base + offset).assumingMemoryBound(to: Atomic<UInt64>.self).pointee
            .bitwiseOr(bits, ordering: .acquiringAndReleasing).oldValue
    }

    /// Sets bits of a word in one step, whatever others do to it meanwhile; false when there is none.
    @discardableResult
    public func setBits(_ bits: UInt32, at offset: Int) -> Bool {
        guard contains(offset, 4), offset % 4 == 0 else { return false }
        unsafe (base + offset).assumingMemoryBound(to: Atomic<UInt32>.self).pointee
            .bitwiseOr(bits, ordering: .acquiringAndReleasing)
        return true
    }

    /// Clears bits of a word in one step, whatever others do to it meanwhile; false when there is none.
    @discardableResult
    public func clearBits(_ bits: UInt32, at offset: Int) -> Bool {
        guard contains(offset, 4), offset % 4 == 0 else { return false }
        unsafe (base + offset).assumingMemoryBound(to: Atomic<UInt32>.self).pointee
            .bitwiseAnd(~bits, ordering: .acquiringAndReleasing)
        return true
    }
}
