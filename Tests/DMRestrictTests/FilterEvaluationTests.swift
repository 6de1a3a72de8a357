import DMRestrict
import Testing
import TestSupport

@Suite("Filters are evaluated as the kernel does")
struct FilterEvaluationTests {
    private static let ret: UInt16 = 0x06
    private static let load: UInt16 = 0x20

    @Test("What the kernel refuses is refused with its place")
    func badPrograms() {
        let end = FilterInstruction(code: Self.ret, operand: 0)
        let cases: [([FilterInstruction], FilterProgramMistake)] = [
            ([], .badLength(0)),
            (Array(repeating: end, count: 4_097), .badLength(4_097)),
            ([FilterInstruction(code: Self.load, operand: 0)], .noReturn),
            ([FilterInstruction(code: Self.load, operand: 2), end], .badOperand(at: 0)),
            ([FilterInstruction(code: Self.load, operand: 64), end], .badOperand(at: 0)),
            ([FilterInstruction(code: 0x02, operand: 16), end], .badOperand(at: 0)),
            ([FilterInstruction(code: 0x34, operand: 0), end], .badOperand(at: 0)),
            ([FilterInstruction(code: 0x64, operand: 32), end], .badOperand(at: 0)),
            ([FilterInstruction(code: 0x05, operand: 1), end], .badJump(at: 0)),
            ([FilterInstruction(code: 0x05, operand: .max), end], .badJump(at: 0)),
            ([FilterInstruction(code: 0x15, ifFalse: 1, operand: 0), end], .badJump(at: 0)),
            // A byte of the data, which filters of packets may load.
            ([FilterInstruction(code: 0x30, operand: 0), end], .unknownInstruction(at: 0)),
        ]
        for (program, mistake) in cases {
            #expect(throws: mistake) { _ = try FilterEvaluation(program) }
        }
    }

    @Test("Every kind of instruction computes")
    func instructions() throws {
        // Number 7, times 6 by memory and the index register, less 2, shifted, masked, negated twice: 160, which is returned.
        let program = [
            FilterInstruction(code: 0x01, operand: 6), FilterInstruction(code: 0x03, operand: 15),
            FilterInstruction(code: 0x20, operand: 0), FilterInstruction(code: 0x61, operand: 15),
            FilterInstruction(code: 0x2c, operand: 0), FilterInstruction(code: 0x14, operand: 2),
            FilterInstruction(code: 0x64, operand: 2), FilterInstruction(code: 0x54, operand: 0xf0),
            FilterInstruction(code: 0x84, operand: 0), FilterInstruction(code: 0x84, operand: 0),
            FilterInstruction(code: 0x44, operand: 0x5_0000), FilterInstruction(code: 0x16, operand: 0),
        ]
        #expect(try FilterEvaluation(program).action(of: 7) == .error(160))
        // Division by an index register that is 0 ends the program, and the thread.
        let division = [FilterInstruction(code: 0x3c, operand: 0), FilterInstruction(code: 0x06, operand: 0x7fff_0000)]
        #expect(try FilterEvaluation(division).action(of: 1) == .killThread)
    }

    @Test("Arguments are seen whole, and in their places")
    func arguments() throws {
        for index in 0..<6 {
            for half in 0..<2 {
                let word = UInt32(16 + index * 8 + half * 4)
                let program = [
                    FilterInstruction(code: 0x20, operand: word),
                    FilterInstruction(code: 0x15, ifFalse: 1, operand: 0xdead_beef),
                    FilterInstruction(code: 0x06, operand: 0x7fff_0000), FilterInstruction(code: 0x06, operand: 0x8000_0000),
                ]
                let evaluation = try FilterEvaluation(program)
                var arguments = [UInt64](repeating: 0x1111_1111_1111_1111, count: 6)
                #expect(evaluation.action(of: 0, arguments: arguments) == .killProcess)
                arguments[index] = 0xdead_beef << (half == 0 ? 0 : 32)
                #expect(evaluation.action(of: 0, arguments: arguments) == .allow)
            }
        }
    }

    @Test("Random instructions are refused, or evaluated to an end")
    func randomPrograms() {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let codes: [UInt16] = [0x20, 0x15, 0x35, 0x45, 0x05, 0x06, 0x16, 0x54, 0x04, 0x3c, 0x6c, 0x02, 0x61, 0x87, 0x07, 0x84]
        var taken = 0
        for _ in 0..<4_000 {
            var program = (0..<random.below(24)).map { _ in
                FilterInstruction(
                    code: random.percent(95) ? random.pick(codes) : UInt16(random.below(65_536)), ifTrue: UInt8(random.below(8)),
                    ifFalse: UInt8(random.below(8)), operand: random.percent(80) ? UInt32(random.below(16)) : UInt32(random.below(1 << 32)))
            }
            program.append(FilterInstruction(code: 0x06, operand: UInt32(random.below(1 << 32))))
            guard let evaluation = try? FilterEvaluation(program) else { continue }
            taken += 1
            _ = evaluation.action(of: UInt32(random.below(512)), arguments: (0..<random.below(8)).map { _ in random.next() })
        }
        #expect(taken > 100)
    }
}
