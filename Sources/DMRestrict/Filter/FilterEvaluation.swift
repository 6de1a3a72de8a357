/// A filter program that can be asked what it does at a system call. It follows the kernel's rules for such programs (Linux,
/// kernel/seccomp.c: `seccomp_check_filter`; net/core/filter.c: `bpf_check_classic`): jumps lead forward, so every program ends.
public struct FilterEvaluation: Sendable {
    /// The architectures' values in a call's data (Linux, include/uapi/linux/audit.h: `AUDIT_ARCH_*`).
    public static let x86_64: UInt32 = 0xc000_003e
    public static let i386: UInt32 = 0x4000_0003
    /// The bit of x32's numbers.
    public static let x32: UInt32 = 0x4000_0000

    let program: [FilterInstruction]

    /// Throws what the kernel would refuse.
    public init(_ program: [FilterInstruction]) throws(FilterProgramMistake) {
        guard (1...4_096).contains(program.count) else { throw .badLength(program.count) }
        for (index, instruction) in program.enumerated() { try Self.check(instruction, index, program.count) }
        // An operand, or the accumulator.
        guard let last = program.last, last.code == 0x06 || last.code == 0x16 else { throw .noReturn }
        self.program = program
    }

    private static func check(_ instruction: FilterInstruction, _ index: Int, _ count: Int) throws(FilterProgramMistake) {
        let operand = instruction.operand
        switch instruction.code {
        // A word of the data; a word of the memory, four ways.
        case 0x20: if operand & 3 != 0 || operand >= 64 { throw .badOperand(at: index) }
        case 0x60, 0x61, 0x02, 0x03: if operand >= 16 { throw .badOperand(at: index) }
        case 0x34: if operand == 0 { throw .badOperand(at: index) }
        case 0x64, 0x74: if operand >= 32 { throw .badOperand(at: index) }
        case 0x05: if UInt64(operand) + UInt64(index) + 1 >= UInt64(count) { throw .badJump(at: index) }
        case 0x15, 0x1d, 0x25, 0x2d, 0x35, 0x3d, 0x45, 0x4d:
            if index + 1 + Int(max(instruction.ifTrue, instruction.ifFalse)) >= count { throw .badJump(at: index) }
        case 0x00, 0x01, 0x06, 0x16, 0x07, 0x80, 0x81, 0x84, 0x87: break
        case 0x04, 0x0c, 0x14, 0x1c, 0x24, 0x2c, 0x3c, 0x44, 0x4c, 0x54, 0x5c, 0x6c, 0x7c, 0xa4, 0xac: break
        default: throw .unknownInstruction(at: index)
        }
    }

    /// What it does at a call: six arguments, of which missing ones are 0.
    public func action(
        of number: UInt32, architecture: UInt32 = x86_64, arguments: [UInt64] = [], instructionPointer: UInt64 = 0
    ) -> FilterAction {
        FilterAction(rawValue: value(Self.data(number, architecture, arguments, instructionPointer)))
    }

    /// The kernel's `struct seccomp_data`, by words: number, architecture, instruction pointer, arguments.
    private static func data(
        _ number: UInt32, _ architecture: UInt32, _ arguments: [UInt64], _ pointer: UInt64
    ) -> InlineArray<16, UInt32> {
        var data = InlineArray<16, UInt32>(repeating: 0)
        (data[0], data[1]) = (number, architecture)
        (data[2], data[3]) = (UInt32(truncatingIfNeeded: pointer), UInt32(truncatingIfNeeded: pointer >> 32))
        for (index, argument) in arguments.prefix(6).enumerated() {
            data[4 + 2 * index] = UInt32(truncatingIfNeeded: argument)
            data[5 + 2 * index] = UInt32(truncatingIfNeeded: argument >> 32)
        }
        return data
    }

    private func value(_ data: InlineArray<16, UInt32>) -> UInt32 {
        var (a, x): (UInt32, UInt32) = (0, 0)
        var memory = InlineArray<16, UInt32>(repeating: 0)
        var index = 0
        while index < program.count {
            let instruction = program[index]
            let (code, k) = (instruction.code, instruction.operand)
            index += 1
            switch code {
            case 0x06: return k
            case 0x16: return a
            case 0x20: a = data[Int(k) / 4]
            case 0x00: a = k
            case 0x01: x = k
            case 0x60: a = memory[Int(k)]
            case 0x61: x = memory[Int(k)]
            case 0x02: memory[Int(k)] = a
            case 0x03: memory[Int(k)] = x
            case 0x80: a = 64
            case 0x81: x = 64
            case 0x07: x = a
            case 0x87: a = x
            case 0x05: index += Int(k)
            case 0x15, 0x1d, 0x25, 0x2d, 0x35, 0x3d, 0x45, 0x4d:
                index += Int(Self.holds(code, a, code & 8 != 0 ? x : k) ? instruction.ifTrue : instruction.ifFalse)
            default:
                // The kernel ends a program with 0 that divides by it.
                guard let result = Self.compute(code, a, code & 8 != 0 ? x : k) else { return 0 }
                a = result
            }
        }
        return 0
    }

    static func holds(_ code: UInt16, _ a: UInt32, _ other: UInt32) -> Bool {
        switch code & 0xf0 {
        case 0x10: a == other
        case 0x20: a > other
        case 0x30: a >= other
        default: a & other != 0
        }
    }

    static func compute(_ code: UInt16, _ a: UInt32, _ other: UInt32) -> UInt32? {
        switch code & 0xf0 {
        case 0x00: a &+ other
        case 0x10: a &- other
        case 0x20: a &* other
        case 0x30: other == 0 ? nil : a / other
        case 0x40: a | other
        case 0x50: a & other
        case 0x60: a << (other & 31)
        case 0x70: a >> (other & 31)
        case 0x80: 0 &- a
        default: a ^ other
        }
    }
}
