extension SystemCallProfile {
    /// Where a program, which may come from the kernel, does something else than the profile says in a phase. Each number is
    /// tried, on x86-64, x32 and i386, with arguments on both sides of each border that a line draws.
    ///
    /// Throws what is no program.
    public func differences(
        from program: [FilterInstruction], in phase: Phase, otherwise: FilterAction = .killProcess
    ) throws(FilterProgramMistake) -> [FilterDifference] {
        let evaluation = try FilterEvaluation(program)
        let plain: [[UInt64]] = [Array(repeating: 0, count: 6), Array(repeating: .max, count: 6), Array(repeating: 1, count: 6)]
        let rules = Dictionary(grouping: rules(in: phase), by: \.number)
        var differences: [FilterDifference] = []
        func compare(_ number: UInt32, _ architecture: UInt32, _ probes: [[UInt64]]) {
            differences += self.differences(number, architecture, probes, rules[Int(number)] ?? [], evaluation, otherwise)
        }
        for number in UInt32(0)..<512 {
            let own = rules[Int(number)] ?? []
            let probes = plain + own.flatMap(\.probes) + (own.count > 1 ? SystemCallRule.mixedProbes(own) : [])
            compare(number, FilterEvaluation.x86_64, probes)
            compare(number | FilterEvaluation.x32, FilterEvaluation.x86_64, plain)
            compare(number, FilterEvaluation.i386, plain)
        }
        for number: UInt32 in [512, 547, 0x3fff_ffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, .max] {
            compare(number, FilterEvaluation.x86_64, plain)
        }
        return differences
    }

    /// At one call, of which the rules are these.
    func differences(
        _ number: UInt32, _ architecture: UInt32, _ probes: [[UInt64]], _ rules: [SystemCallRule], _ evaluation: FilterEvaluation,
        _ otherwise: FilterAction
    ) -> [FilterDifference] {
        probes.compactMap { arguments in
            let wanted = action(of: number, architecture: architecture, arguments: arguments, rules: rules, otherwise: otherwise)
            let found = evaluation.action(of: number, architecture: architecture, arguments: arguments)
            guard wanted != found else { return nil }
            return FilterDifference(
                number: number, architecture: architecture, arguments: arguments, wanted: wanted, found: found)
        }
    }
}
