import CSandbox

extension SystemCallProfile {
    /// By what is found out which calls a program makes.
    public enum TraceMethod: String, Hashable, Sendable, CaseIterable {
        /// The kernel has them wait for the launcher, which sees their arguments.
        case notification = "notify"
        /// The kernel's log has their numbers.
        case log
    }

    /// Calls that nobody hears of where the profile has them: ends, which nobody could keep from happening, and what the kernel has a program do behind signals, where
    /// another signal would lose them.
    static let unheard: Set<String> = ["exit", "exit_group", "rt_sigreturn", "restart_syscall"]

    /// A filter that restricts nothing but the architecture: it tells which calls a program makes, in `phase` and those behind it.
    ///
    /// By notification these are all of them, or those that the profile does not have while it serves, or in its start where nothing comes
    /// behind it. By the log they are those that the profile does not have.
    public func tracingFilter(
        _ phase: Phase, by method: TraceMethod, everyCall: Bool
    ) throws(FilterFailure) -> SystemCallFilter {
        let what = "\(name), of which what it lacks is done"
        if method == .log { return SystemCallFilter(profile: what, program: try filter(phase, otherwise: .log).program) }
        let passed = rules(in: phase).filter { $0.error == nil && (!everyCall || Self.unheard.contains($0.name)) }
        // libseccomp does not have what is passed on for its default; what is logged stands for it.
        let filter = try SystemCallProfile(name: name, start: passed, running: []).filter(.start, otherwise: .log)
        let program = filter.program.map { instruction in
            instruction.returns(.log) ? FilterInstruction(code: instruction.code, operand: FilterAction.notify.rawValue) : instruction
        }
        return SystemCallFilter(profile: what, program: Self.handingOver + program)
    }

    /// A filter that changes nothing, for a gate behind which another one goes on.
    public static let noFilter = SystemCallFilter(
        profile: "none: it is traced", program: [FilterInstruction(code: 0x06, operand: FilterAction.allow.rawValue)])

    /// Lets the two calls through by which the listener is handed over, sendmsg and close (``SANDBOX_HANDS_OVER`` in the upper half of an
    /// argument of which the kernel drops it). Whoever else makes such a call has it done unheard, as it would be if it was heard.
    private static let handingOver: [FilterInstruction] = [
        FilterInstruction(code: 0x20, operand: 4), FilterInstruction(code: 0x15, ifTrue: 0, ifFalse: 8, operand: FilterEvaluation.x86_64),
        FilterInstruction(code: 0x20, operand: 0), FilterInstruction(code: 0x15, ifTrue: 1, ifFalse: 0, operand: 46),
        FilterInstruction(code: 0x15, ifTrue: 2, ifFalse: 5, operand: 3), FilterInstruction(code: 0x20, operand: 36),
        FilterInstruction(code: 0x05, operand: 1), FilterInstruction(code: 0x20, operand: 20),
        FilterInstruction(code: 0x15, ifTrue: 0, ifFalse: 1, operand: SANDBOX_HANDS_OVER),
        FilterInstruction(code: 0x06, operand: FilterAction.allow.rawValue),
    ]
}

extension SystemCallFilter {
    /// Whether calls wait for somebody to answer them.
    var passesCallsOn: Bool { program.contains { $0.returns(.notify) } }
}

extension FilterInstruction {
    fileprivate func returns(_ action: FilterAction) -> Bool { code == 0x06 && operand == action.rawValue }
}
