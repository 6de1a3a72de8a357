/// The narrowest line that a profile could have for a call, as it was made.
enum NarrowRule {
    /// What its arguments would be compared with. `others` are the lines of the same call that the profile has in that phase: what
    /// they compare is compared as well, so that the new line stands beside them.
    static func conditions(_ name: String, _ arguments: [UInt64], beside others: [SystemCallRule]) -> [ArgumentCondition] {
        var conditions = ownConditions(name, arguments)
        let others = Set(others.flatMap(\.conditions).map(\.argument)).subtracting(conditions.map(\.argument))
        conditions += others.sorted().filter { $0 < arguments.count }.map { equal($0, arguments[$0]) }
        return conditions.sorted { $0.argument < $1.argument }
    }

    /// Whether the arguments of a call decide about it, so that its name alone is no line.
    static func comparesArguments(of name: String) -> Bool {
        ArgumentVocabulary.calls[name]?.contains { isCompared($0) } ?? false
    }

    private static func ownConditions(_ name: String, _ arguments: [UInt64]) -> [ArgumentCondition] {
        guard arguments.count == 6, let known = ArgumentVocabulary.calls[name] else { return [] }
        switch name {
        // Executable memory is never admitted: here is what is left.
        case "mmap", "mprotect", "pkey_mprotect": return [masked(2, NeverAdmitted.executable, arguments[2])]
        case "open": return [masked(1, opening, arguments[1])]
        case "openat": return [masked(2, opening, arguments[2])]
        // Whose limit, which, and whether it is only asked for.
        case "prlimit64":
            let limits = process(arguments[0], 0) + [equal(1, arguments[1])]
            return arguments[2] == 0 ? limits + [equal(2, 0)] : limits
        case "kill", "tgkill": return process(arguments[0], 0) + known.filter(isCompared).map { equal($0.index, arguments[$0.index]) }
        default: return known.filter(isCompared).map { equal($0.index, arguments[$0.index]) }
        }
    }

    /// Reading or writing; making; emptying; and a path that is not opened (`O_PATH`).
    private static let opening: UInt64 = 3 | 0x40 | 0x200 | 0x200000

    private static func isCompared(_ argument: SystemCallArgument) -> Bool { !argument.constants.isEmpty || argument.name == "protocol" }

    /// Numbers of processes differ from run to run, but for one's own, the first of its namespace, and all.
    private static func process(_ value: UInt64, _ index: Int) -> [ArgumentCondition] {
        [0, 1, 0xffff_ffff, .max].contains(value) ? [equal(index, value)] : []
    }

    private static func equal(_ index: Int, _ value: UInt64) -> ArgumentCondition {
        ArgumentCondition(argument: index, .equal, values: [value])
    }

    private static func masked(_ index: Int, _ mask: UInt64, _ value: UInt64) -> ArgumentCondition {
        ArgumentCondition(argument: index, .masked, mask: mask, values: [value & mask])
    }
}
