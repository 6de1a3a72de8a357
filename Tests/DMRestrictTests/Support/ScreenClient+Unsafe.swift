import Glibc

// SAFETY: arrays are handed to the C library with their counts for the length of a call.

/// Somebody who sees a screen by VNC (RFC 6143), as far as one picture needs it.
struct ScreenClient: ~Copyable {
    private let descriptor: Int32
    private(set) var width = 0
    private(set) var height = 0

    struct Silence: Error {}

    init(at path: String) throws {
        descriptor = connection(to: path)
        guard descriptor >= 0 else { throw Silence() }
        _ = try receive(12)
        send(Array("RFB 003.008\n".utf8))
        _ = try receive(Int(receive(1)[0]))
        // Nobody is asked who he is: who may connect is the socket's to say.
        send([1])
        guard try receive(4) == [0, 0, 0, 0] else { throw Silence() }
        send([1])
        let size = try receive(24)
        (width, height) = (Int(size[0]) << 8 | Int(size[1]), Int(size[2]) << 8 | Int(size[3]))
        _ = try receive(Int(size[23]))
        // Pictures without compression.
        send([2, 0, 0, 1, 0, 0, 0, 0])
    }

    deinit { close(descriptor) }

    /// The first pixel, as blue, green, red; nil where a picture came without it.
    mutating func firstPixel() throws -> [UInt8]? {
        send([3, 0, 0, 0, 0, 0, 0, 1, 0, 1])
        let header = try receive(4)
        var pixel: [UInt8]?
        for _ in 0..<(Int(header[2]) << 8 | Int(header[3])) {
            let numbers = try receive(12)
            func number(_ index: Int) -> Int { Int(numbers[2 * index]) << 8 | Int(numbers[2 * index + 1]) }
            let pixels = try receive(4 * number(2) * number(3))
            if number(0) == 0, number(1) == 0 { pixel = Array(pixels.prefix(3)) }
        }
        return pixel
    }

    private func send(_ bytes: [UInt8]) { _ = unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }

    private func receive(_ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&wanted, 1, 10_000) == 1 else { throw Silence() }
            var piece = [UInt8](repeating: 0, count: count - bytes.count)
            let received = unsafe read(descriptor, &piece, piece.count)
            guard received > 0 else { throw Silence() }
            bytes += piece[..<received]
        }
        return bytes
    }
}
