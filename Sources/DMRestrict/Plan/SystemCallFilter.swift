/// A seccomp filter: the instructions that the kernel runs at each system call, and where they come from.
public struct SystemCallFilter: Hashable, Sendable {
    /// The profile's name.
    public let profile: String
    public let program: [FilterInstruction]
    /// What it does at a call that the profile does not have.
    public let refusal: FilterAction

    public init(profile: String, program: [FilterInstruction], refusal: FilterAction = .killProcess) {
        self.profile = profile
        self.program = program
        self.refusal = refusal
    }
}
