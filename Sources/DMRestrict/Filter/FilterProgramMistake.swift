/// Why instructions are no filter that the kernel would take.
public enum FilterProgramMistake: Error, Hashable, Sendable {
    /// None, or more than 4096.
    case badLength(Int)
    /// An instruction that filters of system calls do not have, at an index.
    case unknownInstruction(at: Int)
    /// It reads what is not in the call's data, or no word of its scratch memory.
    case badOperand(at: Int)
    /// It leads behind the end.
    case badJump(at: Int)
    /// The last instruction does not return.
    case noReturn
}
