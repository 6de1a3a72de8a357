import CLinux
import Glibc

// SAFETY: everything here passes to the C library a string or a buffer that Swift keeps alive for the length of the call,
// with its length; results that are counts are checked before they are used.

/// The system's words for an error number, in lower case.
func systemMessage(_ number: Int32) -> String {
    guard let text = unsafe strerror(number) else { return "error \(number)" }
    return unsafe String(cString: text).lowercased()
}

/// Descriptors of sockets and files, as the server uses them.
enum Socket {
    /// Makes a socket that waits for clients at a path; one that stands there is taken away.
    static func listen(at path: String, mode: UInt32) throws(XenStoreServerError) -> Int32 {
        func failure() -> XenStoreServerError { XenStoreServerError("cannot listen at `\(path)`", errno) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = Array(path.utf8)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard !name.isEmpty, name.count < room, !name.contains(0) else {
            throw XenStoreServerError("cannot listen at `\(path)`", ENAMETOOLONG)
        }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure() }
        var status = stat()
        if unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK { unsafe _ = unlink(path) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let bound = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(descriptor, $0, size) }
        }
        // Nobody can connect before it listens, so nobody can with a mode that was not wanted.
        guard bound == 0, unsafe chmod(path, mode_t(mode)) == 0, Glibc.listen(descriptor, 128) == 0 else {
            defer { close(descriptor) }
            throw failure()
        }
        return descriptor
    }

    /// The next client that waits, or the negative number of an error.
    static func accept(_ listener: Int32) -> Int32 {
        let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = accept4(listener, nil, nil, flags)
        return descriptor >= 0 ? descriptor : -errno
    }

    /// Makes calls on a descriptor return at once.
    static func unblock(_ descriptor: Int32) throws(XenStoreServerError) {
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 else {
            throw XenStoreServerError("cannot use descriptor \(descriptor)", errno)
        }
    }

    /// Reads into bytes from a place to their end: how many came, zero at the end of all, or the negative number of an error.
    static func receive(_ descriptor: Int32, _ bytes: inout [UInt8], from offset: Int) -> Int {
        guard offset >= 0, offset < bytes.count else { return -Int(EINVAL) }
        while true {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe read(descriptor, buffer.baseAddress.map { unsafe $0 + offset }, buffer.count - offset)
            }
            if count >= 0 { return count }
            if errno != EINTR { return -Int(errno) }
        }
    }

    /// Sends what lies behind a place: how much the system took, or the negative number of an error.
    static func send(_ descriptor: Int32, _ bytes: [UInt8], from offset: Int) -> Int {
        guard offset >= 0, offset <= bytes.count else { return -Int(EINVAL) }
        while true {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.send(
                    descriptor, buffer.baseAddress.map { unsafe $0 + offset }, buffer.count - offset,
                    Int32(MSG_NOSIGNAL))
            }
            if count >= 0 { return count }
            if errno != EINTR { return -Int(errno) }
        }
    }

    static func remove(_ path: String) { unsafe _ = unlink(path) }
}
