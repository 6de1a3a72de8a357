/// How much one macro run may consume before it is taken for a runaway and stopped.
///
/// Every limit is large compared with real policies and small compared with a machine: whatever the input, a run
/// ends in bounded time and memory.
public struct MacroLimits: Hashable, Sendable {
    /// Macro calls, built-in or defined, during the whole run.
    public var calls: Int = 25_000_000
    /// Bytes of produced text, all diversions together.
    public var outputBytes: Int = 512 << 20
    /// Bytes read, counting text again each time a macro's expansion is rescanned, and each piece of text as
    /// `pieceCost` more: pieces of few bytes take time too.
    public var scannedBytes: Int = 8 << 30
    static let pieceCost = 32
    /// Calls whose arguments are being collected at the same time, one inside the other.
    public var nesting: Int = 65_536
    /// Stretches of text that wait to be read or stand in arguments: what an expansion that grows faster than it
    /// is consumed fills.
    public var pendingPieces: Int = 8 << 20
    /// Bytes of text made by built-in macros (numbers, substitutions) and of included files.
    public var madeBytes: Int = 256 << 20
    /// Steps of one regular expression search.
    public var expressionSteps: Int = 20_000_000
    /// Steps of all regular expression searches together.
    public var allExpressionSteps: Int = 500_000_000
    /// Files that are included, counting a file each time.
    public var includes: Int = 10_000
    /// Diversions that hold text at the same time.
    public var diversions: Int = 4_096
    /// Diagnostics of the run; the rest is counted but not kept.
    public var diagnostics: Int = 1_000

    public init() {}
}
