/// A program for the kernel that says which devices may be opened, and that none are made (Linux, include/uapi/linux/bpf.h:
/// `struct bpf_cgroup_dev_ctx`, `struct bpf_insn`).
struct DeviceProgram: Hashable, Sendable {
    /// Its instructions, eight bytes each.
    let instructions: [UInt64]

    /// What is asked for: `BPF_DEVCG_ACC_READ` and `_WRITE`; that a file be made (1) is no rule's.
    private static let reading: UInt32 = 2
    private static let writing: UInt32 = 4

    init(_ rules: [DeviceRule]) {
        var code: [UInt64] = [
            // The upper half of the first word is how, the lower the kind; the second and third are the device's numbers.
            Self.load(2, at: 0), Self.move(3, from: 2), Self.and(3, 0xffff), Self.shiftRight(2, 16), Self.load(4, at: 4), Self.load(5, at: 8),
        ]
        for rule in rules {
            let allowed = rule.isWritable ? Self.reading | Self.writing : Self.reading
            code += [
                Self.skip(7, unless: 3, is: rule.kind == .block ? 1 : 2), Self.skip(6, unless: 4, is: rule.major),
                Self.skip(5, unless: 5, is: rule.minor),
                // Nothing is left of what is wanted when what is allowed is taken away.
                Self.move(0, from: 2), Self.and(0, ~allowed), Self.skip(2, unless: 0, is: 0), Self.set(0, 1), Self.end,
            ]
        }
        instructions = code + [Self.set(0, 0), Self.end]
    }

    private static func instruction(_ code: UInt64, _ to: UInt64, _ from: UInt64 = 0, skip: UInt64 = 0, _ value: UInt32 = 0) -> UInt64 {
        code | to << 8 | from << 12 | skip << 16 | UInt64(value) << 32
    }

    // Registers are 64 bits wide. Those of 32 bits only: what they hold is never more.
    private static func load(_ to: UInt64, at offset: UInt64) -> UInt64 { instruction(0x61, to, 1, skip: offset) }
    private static func move(_ to: UInt64, from: UInt64) -> UInt64 { instruction(0xbc, to, from) }
    private static func set(_ to: UInt64, _ value: UInt32) -> UInt64 { instruction(0xb4, to, 0, skip: 0, value) }
    private static func and(_ to: UInt64, _ value: UInt32) -> UInt64 { instruction(0x54, to, 0, skip: 0, value) }
    private static func shiftRight(_ to: UInt64, _ bits: UInt32) -> UInt64 { instruction(0x74, to, 0, skip: 0, bits) }
    private static func skip(_ count: UInt64, unless register: UInt64, is value: UInt32) -> UInt64 {
        instruction(0x56, register, 0, skip: count, value)
    }
    private static let end = instruction(0x95, 0)
}
