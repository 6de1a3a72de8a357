public import Diagnostics

/// What a macro run produced.
public struct MacroResult: Sendable {
    /// The expanded text, byte for byte what GNU m4 writes to its standard output, and where each byte was written.
    public let text: MappedText
    /// What there is to say about the macro calls, in the order in which it was found.
    public let diagnostics: [Diagnostic]
    /// The status that `m4exit` asked for; 0 when nothing did.
    public let exitStatus: Int
    /// The files that were included, by the names under which they were read; one that was included twice, twice.
    public let includedFiles: [String]

    /// Whether the run ended early or misses text: the text is then no basis for a policy.
    public var hasErrors: Bool {
        diagnostics.contains { $0.severity == .error }
    }
}
