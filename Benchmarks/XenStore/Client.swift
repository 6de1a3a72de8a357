import Glibc

/// A client of a XenStore over a socket, which sends what it is told and counts what comes.
final class Client {
    let descriptor: Int32
    private var output: [UInt8] = []
    private var input: [UInt8] = []
    private var head = 0

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    convenience init(path: String) {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: Array(path.utf8)) }
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        precondition(result == 0, "cannot connect")
        self.init(descriptor)
    }

    func queue(_ type: UInt32, _ payload: [UInt8], transaction: UInt32 = 0) {
        for word in [type, 7, transaction, UInt32(payload.count)] {
            for shift in 0..<4 { output.append(UInt8(truncatingIfNeeded: word >> UInt32(8 * shift))) }
        }
        output += payload
    }

    func send() {
        var sent = 0
        while sent < output.count {
            let count = unsafe output.withUnsafeBytes { buffer in
                unsafe write(descriptor, buffer.baseAddress.map { unsafe $0 + sent }, buffer.count - sent)
            }
            precondition(count > 0)
            sent += count
        }
        output.removeAll(keepingCapacity: true)
    }

    /// The next reply that is no event.
    func reply() -> (type: UInt32, payload: ArraySlice<UInt8>) {
        while true {
            if input.count - head >= 16 {
                func word(_ at: Int) -> UInt32 {
                    (0..<4).reduce(0) { $0 | UInt32(input[head + at + $1]) << UInt32(8 * $1) }
                }
                let length = Int(word(12))
                if input.count - head >= 16 + length {
                    let type = word(0)
                    let payload = input[(head + 16)..<(head + 16 + length)]
                    head += 16 + length
                    if type == 15 { continue }
                    return (type, payload)
                }
            }
            if head > 0 {
                input.removeFirst(head)
                head = 0
            }
            // Not each has a large buffer of its own: what is measured is the server.
            let old = input.count
            input += repeatElement(0, count: 8_192)
            let count = unsafe input.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress.map { unsafe $0 + old }, 8_192)
            }
            precondition(count > 0, "the server has gone")
            input.removeLast(8_192 - count)
        }
    }

    func expect(_ type: UInt32, times: Int) {
        for _ in 0..<times {
            let got = reply()
            precondition(got.type == type, "\(got.type) instead of \(type): \(String(decoding: got.payload, as: UTF8.self))")
        }
    }
}
