import Glibc

// SAFETY: everything here passes to the C library a string or a buffer that Swift keeps alive for the length of the call,
// with its length; results that are counts are checked before they are used.

/// The file in which a store is kept.
enum StoreFile {
    /// A file beyond this is no store.
    static let maximumSize = 1 << 30

    /// The whole of a file.
    static func read(_ path: String) throws(XenStoreServerError) -> [UInt8] {
        func failure(_ number: Int32) -> XenStoreServerError { XenStoreServerError("cannot read `\(path)`", number) }
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Socket.receive(descriptor, &piece, from: 0)
            if count < 0 { throw failure(Int32(-count)) }
            if count == 0 { return bytes }
            bytes += piece[..<count]
            guard bytes.count <= maximumSize else { throw failure(EFBIG) }
        }
    }

    /// Writes a file so that it is there as a whole, on the disk too, or as it was.
    static func write(_ bytes: [UInt8], _ path: String) throws(XenStoreServerError) {
        var template = Array((path + ".XXXXXX").utf8CString)
        func failure(_ number: Int32) -> XenStoreServerError { XenStoreServerError("cannot write `\(path)`", number) }
        let descriptor = unsafe mkstemp(&template)
        guard descriptor >= 0 else { throw failure(errno) }
        var written = 0
        var number: Int32 = 0
        while written < bytes.count, number == 0 {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress.map { unsafe $0 + written }, buffer.count - written)
            }
            if count >= 0 { written += count } else if errno != EINTR { number = errno }
        }
        if number == 0, fsync(descriptor) != 0 { number = errno }
        if close(descriptor) != 0, number == 0 { number = errno }
        if number == 0, unsafe rename(template, path) != 0 { number = errno }
        guard number == 0 else {
            unsafe _ = unlink(template)
            throw failure(number)
        }
    }
}
