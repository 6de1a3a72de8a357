import Foundation

/// A program of x86-64 that makes one call and ends with the low byte of what it gives: no C library, no loader.
struct TinyProgram {
    enum Door {
        case syscall
        /// i386's, which the kernel has for 64-bit programs as well.
        case interrupt
    }

    private var code: [UInt8] = []

    init(calling number: UInt32, _ arguments: [UInt64] = [], by door: Door = .syscall) {
        // rdi, rsi, rdx, r10, r8, r9
        let registers: [[UInt8]] = [[0x48, 0xbf], [0x48, 0xbe], [0x48, 0xba], [0x49, 0xba], [0x49, 0xb8], [0x49, 0xb9]]
        for (register, value) in zip(registers, arguments) { code += register + Self.bytes(value) }
        code += [0x48, 0xb8] + Self.bytes(UInt64(number))
        code += door == .syscall ? [0x0f, 0x05] : [0xcd, 0x80]
        // mov rdi, rax; exit_group
        code += [0x48, 0x89, 0xc7, 0x48, 0xb8] + Self.bytes(231) + [0x0f, 0x05]
    }

    /// Makes ioctl requests of all numbers from a number down to 1, each another call, and ends with 0.
    init(countingDownFrom count: UInt64) {
        code = [0x49, 0xbc] + Self.bytes(count)
        // xor edi, edi; mov rsi, r12; xor edx, edx; mov eax, 16; syscall; dec r12; jnz
        code += [0x31, 0xff, 0x4c, 0x89, 0xe6, 0x31, 0xd2, 0xb8, 16, 0, 0, 0, 0x0f, 0x05, 0x49, 0xff, 0xcc, 0x75, 0xed]
        // xor edi, edi; mov eax, 231; syscall
        code += [0x31, 0xff, 0xb8, 231, 0, 0, 0, 0x0f, 0x05]
    }

    private static func bytes(_ value: some FixedWidthInteger) -> [UInt8] { (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }

    func write(to file: URL) throws {
        let size = UInt64(120 + code.count)
        var image: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0] + Array(repeating: 0, count: 8)
        image += Self.bytes(UInt16(2)) + Self.bytes(UInt16(62)) + Self.bytes(UInt32(1))
        image += Self.bytes(UInt64(0x40_0078)) + Self.bytes(UInt64(64)) + Self.bytes(UInt64(0))
        image += Self.bytes(UInt32(0)) + [64, 56, 1, 0, 0, 0].flatMap { Self.bytes($0 as UInt16) }
        // One segment that is read and executed.
        image += Self.bytes(UInt32(1)) + Self.bytes(UInt32(5)) + Self.bytes(UInt64(0))
        image += Self.bytes(UInt64(0x40_0000)) + Self.bytes(UInt64(0x40_0000))
        image += Self.bytes(size) + Self.bytes(size) + Self.bytes(UInt64(0x1000))
        // From the start of the file on, so that the code lies behind the headers.
        try Data(image + code).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    }
}
