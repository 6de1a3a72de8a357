import CLinux
import Glibc

// SAFETY: the kernel copies each event that is passed to it before the call returns, and fills no more places of the buffer
// than the call says there are; of the union in an event only the number is ever used.

/// Waits for descriptors that can be read or written, and can be woken from another thread.
struct Poller: Sendable {
    private let descriptor: Int32
    private let wakeUp: Int32

    /// What the number of the descriptor that wakes is.
    static let wakeUpTag = UInt64.max

    /// What is wanted of a descriptor, or has come.
    struct Interest: OptionSet {
        let rawValue: UInt8
        static let reading = Interest(rawValue: 1)
        static let writing = Interest(rawValue: 2)
        /// The other side has gone.
        static let hangUp = Interest(rawValue: 4)
    }

    struct Event {
        let tag: UInt64
        let came: Interest
    }

    init() throws(XenStoreServerError) {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard descriptor >= 0 else { throw XenStoreServerError("cannot wait for descriptors", errno) }
        wakeUp = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
        guard wakeUp >= 0 else {
            defer { Glibc.close(descriptor) }
            throw XenStoreServerError("cannot make a descriptor to be woken by", errno)
        }
        try add(wakeUp, tag: Self.wakeUpTag, .reading)
    }

    func close() {
        Glibc.close(descriptor)
        Glibc.close(wakeUp)
    }

    private func control(_ operation: Int32, _ target: Int32, _ tag: UInt64, _ interest: Interest) -> Bool {
        var event = unsafe epoll_event()
        if interest.contains(.reading) { unsafe event.events |= EPOLLIN.rawValue }
        if interest.contains(.writing) { unsafe event.events |= EPOLLOUT.rawValue }
        unsafe event.data.u64 = tag
        return unsafe epoll_ctl(descriptor, operation, target, &event) == 0
    }

    /// Begins to look at a descriptor; its events bear the tag.
    func add(_ target: Int32, tag: UInt64, _ interest: Interest) throws(XenStoreServerError) {
        guard control(EPOLL_CTL_ADD, target, tag, interest) else {
            throw XenStoreServerError("cannot wait for descriptor \(target)", errno)
        }
    }

    func change(_ target: Int32, tag: UInt64, _ interest: Interest) { _ = control(EPOLL_CTL_MOD, target, tag, interest) }

    func remove(_ target: Int32) { _ = control(EPOLL_CTL_DEL, target, 0, []) }

    /// Waits until something can be done, or so many milliseconds (for ever when negative).
    func wait(milliseconds: Int32) -> [Event] {
        let capacity = 64
        let events = unsafe [epoll_event](unsafeUninitializedCapacity: capacity) { buffer, count in
            count = max(0, Int(unsafe epoll_wait(descriptor, buffer.baseAddress, Int32(capacity), milliseconds)))
        }
        return unsafe events.map { event in
            var came: Interest = []
            if unsafe event.events & EPOLLIN.rawValue != 0 { came.insert(.reading) }
            if unsafe event.events & EPOLLOUT.rawValue != 0 { came.insert(.writing) }
            if unsafe event.events & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 { came.insert(.hangUp) }
            return unsafe Event(tag: event.data.u64, came: came)
        }
    }

    /// Wakes whoever waits.
    func wake() {
        var one: UInt64 = 1
        unsafe _ = write(wakeUp, &one, 8)
    }

    /// Takes note of having been woken.
    func acknowledgeWakeUp() {
        var count: UInt64 = 0
        unsafe _ = read(wakeUp, &count, 8)
    }
}
