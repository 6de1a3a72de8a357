import Glibc

// SAFETY: the descriptor is this value's own, or the standard input's; a buffer is handed to the system with its length for one call, and what the call says it
// wrote of it is compared with that.

/// A file that is read piece by piece.
public struct OpenFile: ~Copyable {
    public let path: String
    private let descriptor: Int32
    /// How many bytes of it were read.
    public private(set) var position = 0

    /// Opens a file; the standard input for `-`.
    public init(_ path: String) throws(FileError) {
        self.path = path
        descriptor = path == "-" ? STDIN_FILENO : try openForReading(path)
    }

    deinit {
        if descriptor != STDIN_FILENO { close(descriptor) }
    }

    /// The next bytes, as many as there are at once and no more than `count`; none at the end of what there is now.
    public mutating func read(_ count: Int) throws(FileError) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
            while true {
                let got = unsafe Glibc.read(descriptor, buffer.baseAddress, count)
                if got < 0, errno == EINTR { continue }
                if got < 0 { failure = errno }
                written = max(0, min(got, count))
                return
            }
        }
        guard failure == 0 else { throw FileError(path: path == "-" ? "<stdin>" : path, number: failure) }
        position += bytes.count
        return bytes
    }

    /// Goes on at another place.
    public mutating func skip(to position: Int) throws(FileError) {
        guard lseek(descriptor, position, SEEK_SET) == position else { throw FileError(path: path, number: errno) }
        self.position = position
    }

    /// What became of the file behind its name since it was opened.
    public enum Change: Sendable { case none, cut, replaced }

    /// Whether another file has its name now, or it is shorter than what was read of it. One whose name is gone has not changed: another will come.
    public func change() -> Change {
        guard path != "-", let place = identity(of: path) else { return .none }
        var own = stat()
        guard unsafe fstat(descriptor, &own) == 0 else { return .none }
        if own.st_dev != place.device || own.st_ino != place.inode { return .replaced }
        return place.isRegular && own.st_size < position ? .cut : .none
    }
}
