extension FilterEvaluation {
    /// Numbers of calls on i386 and, beside the common ones, on x32 (Linux, arch/x86/entry/syscalls/syscall_32.tbl and syscall_64.tbl).
    private static let others: [String: (i386: UInt32, x32: UInt32?)] = ["execveat": (358, 545), "memfd_create": (356, nil)]

    /// Whether a call is never done, whatever its arguments and by whichever way into the kernel. Of calls that have other numbers there,
    /// those are known for `execveat` and `memfd_create`: of another one this is never said.
    func refuses(_ name: String) -> Bool {
        guard let number = SystemCalls.numbers[name].flatMap({ UInt32(exactly: $0) }), let others = Self.others[name] else { return false }
        let x32 = [number, others.x32 ?? number].map { $0 | Self.x32 }
        return !mayDo(number) && !x32.contains { mayDo($0) } && !mayDo(others.i386, architecture: Self.i386)
    }

    /// Whether the call of a number may be done with some arguments. Where that is not to be told it may.
    ///
    /// All ways through the program are gone at once, as jumps lead forward: of each place it is known what the registers hold, where that
    /// is the same by every way that leads there.
    func mayDo(_ number: UInt32, architecture: UInt32 = x86_64) -> Bool {
        var places = [Registers?](repeating: nil, count: program.count + 1)
        func reach(_ place: Int, _ registers: Registers) {
            places[place] = places[place].map { $0.joined(registers) } ?? registers
        }
        places[0] = Registers(a: 0, x: 0)
        for (index, instruction) in program.enumerated() {
            guard var registers = places[index] else { continue }
            let (code, k) = (instruction.code, instruction.operand)
            let other = code & 8 != 0 ? registers.x : k
            switch code {
            case 0x06:
                if FilterAction(rawValue: k).mayBeDone { return true }
                continue
            case 0x16:
                if registers.a.map({ FilterAction(rawValue: $0).mayBeDone }) ?? true { return true }
                continue
            case 0x05:
                reach(index + 1 + Int(k), registers)
                continue
            case 0x15, 0x1d, 0x25, 0x2d, 0x35, 0x3d, 0x45, 0x4d:
                let holds: Bool? = if let a = registers.a, let other { Self.holds(code, a, other) } else { nil }
                if holds ?? true { reach(index + 1 + Int(instruction.ifTrue), registers) }
                if !(holds ?? false) { reach(index + 1 + Int(instruction.ifFalse), registers) }
                continue
            case 0x20: registers.a = k == 0 ? number : k == 4 ? architecture : nil
            case 0x00: registers.a = k
            case 0x01: registers.x = k
            case 0x60: registers.a = nil
            case 0x61: registers.x = nil
            case 0x02, 0x03: break
            case 0x80: registers.a = 64
            case 0x81: registers.x = 64
            case 0x07: registers.x = registers.a
            case 0x87: registers.a = registers.x
            default:
                guard let a = registers.a, let other else {
                    registers.a = nil
                    break
                }
                // It ends there, by 0.
                guard let result = Self.compute(code, a, other) else { continue }
                registers.a = result
            }
            reach(index + 1, registers)
        }
        return false
    }

    /// What the registers hold, where it is known.
    private struct Registers {
        var a: UInt32?
        var x: UInt32?

        func joined(_ other: Registers) -> Registers { Registers(a: a == other.a ? a : nil, x: x == other.x ? x : nil) }
    }
}

extension FilterAction {
    /// Whether a call goes on by it, or somebody may let it go on.
    fileprivate var mayBeDone: Bool {
        switch self {
        case .allow, .log, .trace, .notify: true
        case .error, .killProcess, .killThread, .trap: false
        }
    }
}
