import Foundation
import Glibc

// SAFETY: arrays are handed to the C library with their counts for the length of a call.

/// The other end of a conversation by QEMU's machine protocol, which does what a list says, well or ill.
final class FakeMachine: @unchecked Sendable {
    enum Step: Sendable {
        case say([UInt8])
        /// Reads one command.
        case hear
        /// Says it again and again until the client is gone.
        case flood(String)
        case pause(milliseconds: UInt32)
        /// Passes a descriptor that nobody asked for.
        case pass(descriptor: Int32)

        static func say(_ text: String) -> Step { .say(Array((text + "\r\n").utf8)) }
    }

    /// The client's end.
    let descriptor: Int32
    /// What was heard, once it is over.
    private(set) var heard: [String] = []
    private let ended = DispatchSemaphore(value: 0)

    static let greeting = #"{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "x"}, "capabilities": ["oob"]}}"#
    static let greeted: [Step] = [.say(greeting), .hear, .say(#"{"return": {}, "id": 1}"#)]

    /// Closes at the end of the list, or waits until the client is gone.
    init(_ steps: [Step], closes: Bool = false) {
        var ends: [Int32] = [-1, -1]
        let result = unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends)
        precondition(result == 0)
        descriptor = ends[0]
        let own = ends[1]
        let thread = Thread { [self] in
            run(steps, own)
            var bytes: [UInt8] = [0]
            if !closes { while unsafe read(own, &bytes, 1) > 0 {} }
            close(own)
            ended.signal()
        }
        thread.start()
    }

    /// Waits until it is over; what it heard.
    func wait() -> [String] {
        ended.wait()
        return heard
    }

    private func run(_ steps: [Step], _ descriptor: Int32) {
        for step in steps {
            switch step {
            case .say(let bytes): guard Self.send(bytes, descriptor) else { return }
            case .flood(let text):
                let bytes = Array(text.utf8)
                while Self.send(bytes, descriptor) {}
            case .pause(let milliseconds): usleep(milliseconds * 1_000)
            case .pass(let passed): Self.pass(passed, descriptor)
            case .hear:
                var line: [UInt8] = []
                var byte: [UInt8] = [0]
                while unsafe read(descriptor, &byte, 1) == 1, byte[0] != 10 { line += byte }
                heard.append(String(decoding: line, as: UTF8.self))
            }
        }
    }

    private static func send(_ bytes: [UInt8], _ descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// One byte, a blank, with a descriptor.
    private static func pass(_ passed: Int32, _ descriptor: Int32) {
        var byte: [UInt8] = [32]
        // A header of 16 bytes, SOL_SOCKET and SCM_RIGHTS, and the number.
        var control: [UInt64] = [20, 1 << 32 | 1, UInt64(UInt32(bitPattern: passed))]
        unsafe byte.withUnsafeMutableBytes { bytes in
            unsafe control.withUnsafeMutableBytes { control in
                var part = unsafe iovec(iov_base: bytes.baseAddress, iov_len: 1)
                unsafe withUnsafeMutablePointer(to: &part) { part in
                    var message = unsafe msghdr()
                    unsafe message.msg_iov = part
                    unsafe message.msg_iovlen = 1
                    unsafe message.msg_control = control.baseAddress
                    unsafe message.msg_controllen = control.count
                    unsafe _ = sendmsg(descriptor, &message, 0)
                }
            }
        }
    }
}

/// A connection to a path; -1 where nobody listens yet.
func connection(to path: String) -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    precondition(bytes.count < 108)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    let result = unsafe withUnsafePointer(to: &address) {
        unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
    if result == 0 { return descriptor }
    close(descriptor)
    return -1
}

/// A file's descriptor; -1 where it cannot be opened.
func opened(_ path: String, _ flags: Int32, _ mode: mode_t = 0) -> Int32 { unsafe open(path, flags, mode) }
