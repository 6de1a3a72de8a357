/// An argument of a system call that a profile may speak about. Pointers are not among them: what they point to may change
/// behind a filter's back.
public struct SystemCallArgument: Hashable, Sendable {
    public let name: String
    /// From 0 to 5.
    public let index: Int
    /// Whether the kernel takes 64 bits of it; of others it drops the upper half, which a filter sees all the same.
    public let isWide: Bool
    /// Names of values and bits.
    public let constants: [String: UInt64]

    init(_ name: String, _ index: Int, isWide: Bool = false, _ constants: [String: UInt64] = [:]) {
        self.name = name
        self.index = index
        self.isWide = isWide
        self.constants = constants
    }

    /// Those of a call; where nothing is known of them, `arg0` to `arg5`.
    static func all(of call: String) -> [SystemCallArgument] {
        ArgumentVocabulary.calls[call] ?? (0..<6).map { SystemCallArgument("arg\($0)", $0) }
    }
}
