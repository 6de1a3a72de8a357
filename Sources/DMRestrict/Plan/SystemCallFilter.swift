/// A seccomp filter: the instructions that the kernel runs at each system call, and where they come from.
public struct SystemCallFilter: Hashable, Sendable {
    /// The profile's name.
    public let profile: String
    public let program: [FilterInstruction]

    public init(profile: String, program: [FilterInstruction]) {
        self.profile = profile
        self.program = program
    }
}
