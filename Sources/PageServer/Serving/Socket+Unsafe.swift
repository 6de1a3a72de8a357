import CLinux
import Glibc

// SAFETY: everything here passes to the C library a structure or a buffer that Swift keeps alive for the length of the call, with its length; results that
// are counts are checked before they are used.

/// Descriptors of sockets, as the server uses them.
enum Socket {
    static func message(_ number: Int32) -> String {
        guard let text = unsafe strerror(number) else { return "error \(number)" }
        return unsafe String(cString: text).lowercased()
    }

    static func isAddress(_ host: String, isVersion6: Bool) -> Bool {
        var version6 = in6_addr()
        var version4 = in_addr()
        return isVersion6 ? unsafe inet_pton(AF_INET6, host, &version6) == 1 : unsafe inet_pton(AF_INET, host, &version4) == 1
    }

    /// A socket that listens, and its port.
    static func listen(_ address: ListeningAddress) throws(PageServerFailure) -> (descriptor: Int32, port: UInt16) {
        func failure() -> PageServerFailure { PageServerFailure("cannot listen at `\(address)`", errno) }
        let family = address.isVersion6 ? AF_INET6 : AF_INET
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure() }
        var yes: Int32 = 1
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        let result: Int32
        var version6 = sockaddr_in6()
        var version4 = sockaddr_in()
        if address.isVersion6 {
            version6.sin6_family = sa_family_t(AF_INET6)
            version6.sin6_port = address.port.bigEndian
            unsafe inet_pton(AF_INET6, address.host, &version6.sin6_addr)
            result = unsafe withUnsafePointer(to: &version6) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size)) }
            }
        } else {
            version4.sin_family = sa_family_t(AF_INET)
            version4.sin_port = address.port.bigEndian
            unsafe inet_pton(AF_INET, address.host, &version4.sin_addr)
            result = unsafe withUnsafePointer(to: &version4) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
            }
        }
        guard result == 0, Glibc.listen(descriptor, 128) == 0 else {
            defer { close(descriptor) }
            throw failure()
        }
        return (descriptor, port(of: descriptor) ?? address.port)
    }

    private static func port(of descriptor: Int32) -> UInt16? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe getsockname(descriptor, $0, &size) }
        }
        guard result == 0 else { return nil }
        // The port stands in the same place for both versions.
        return unsafe withUnsafeBytes(of: &storage) { unsafe UInt16(bigEndian: $0.loadUnaligned(fromByteOffset: 2, as: UInt16.self)) }
    }

    /// The next client that waits, or the negative number of an error.
    static func accept(_ listener: Int32) -> Int32 {
        let descriptor = accept4(listener, nil, nil, Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue))
        return descriptor >= 0 ? descriptor : -errno
    }

    /// What has come, at most so much: nothing at the end of all, nil when there is nothing now.
    static func receive(_ descriptor: Int32, limit: Int) -> Result<[UInt8], PageServerFailure>? {
        var failure: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            let result = unsafe read(descriptor, buffer.baseAddress, buffer.count)
            if result < 0 { failure = errno }
            count = max(0, result)
        }
        if failure == EAGAIN || failure == EINTR { return nil }
        return failure == 0 ? .success(bytes) : .failure(PageServerFailure("a client is gone", failure))
    }

    /// Sends what lies behind a place: how much the system took, nil when the other side is gone.
    static func send(_ descriptor: Int32, _ bytes: [UInt8], from offset: Int) -> Int? {
        guard offset < bytes.count else { return 0 }
        let result = unsafe bytes.withUnsafeBytes { buffer in
            unsafe Glibc.send(descriptor, buffer.baseAddress.map { unsafe $0 + offset }, buffer.count - offset, Int32(MSG_NOSIGNAL))
        }
        if result >= 0 { return result }
        return errno == EAGAIN || errno == EINTR ? 0 : nil
    }

    /// Waits until some of the descriptors can be read or written, or so many milliseconds: which can.
    static func wait(_ wanted: [(descriptor: Int32, writes: Bool)], milliseconds: Int32) -> [Bool] {
        var entries = wanted.map { pollfd(fd: $0.descriptor, events: Int16($0.writes ? POLLOUT : POLLIN), revents: 0) }
        let count = unsafe poll(&entries, nfds_t(entries.count), milliseconds)
        return entries.map { count > 0 && $0.revents != 0 }
    }

    /// A counter on which who waits is woken; and one that is taken from one at a time, by who waits for it.
    static func counter(isTakenFrom: Bool) throws(PageServerFailure) -> Int32 {
        let descriptor = eventfd(0, Int32(EFD_CLOEXEC) | (isTakenFrom ? Int32(EFD_SEMAPHORE) : Int32(EFD_NONBLOCK)))
        guard descriptor >= 0 else { throw PageServerFailure("cannot make a descriptor to be woken by", errno) }
        return descriptor
    }

    static func add(_ number: UInt64, to counter: Int32) {
        var number = number
        unsafe _ = write(counter, &number, 8)
    }

    /// False when the counter is no more.
    @discardableResult
    static func take(from counter: Int32) -> Bool {
        var number: UInt64 = 0
        while true {
            if unsafe read(counter, &number, 8) == 8 { return true }
            if errno != EINTR { return false }
        }
    }

    /// Milliseconds by a clock that nobody sets.
    static var now: Int { Int(linux_nanoseconds() / 1_000_000) }
}
