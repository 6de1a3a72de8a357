internal import Diagnostics

/// One macro run: its input, the calls whose arguments are being collected, the macros, and the output.
///
/// All text lives in one arena that only grows. Everything else points into it, so that neither arguments nor
/// expansions copy bytes, and so that what is known about a place (which name begins there, where the string that
/// begins there ends) is found once and remembered for every time the place is read again.
///
/// The engine keeps its own stacks of input and calls: how deep a policy nests its macros costs memory that
/// ``MacroLimits`` bounds, never the machine's stack.
struct MacroEngine: ~Copyable {
    /// What no file passes: offsets have 32 bits, and ``TextPiece/fixed`` needs one of them.
    static let arenaCapacity = Int(TextPiece.fixed)

    // MARK: Text

    var text = Arena()
    /// For a place in a file: the number of the name that begins there plus one, or how far from there the quoted
    /// string or the comment that begins there ends; 0 when it is not known yet, `noMemo` when it does not fit.
    var memo: [UInt16] = [0]
    var files: [FileSegment] = []
    var lines: LineCounter = LineCounter()
    var map: SourceMap

    // MARK: Input

    /// What is read after the current piece, the next piece last.
    var input = ReusableStack<InputPiece>()
    /// The place in the arena of the next byte, and the end of the piece that it belongs to.
    var cursor = 0
    var limit = 0
    /// The piece that is being read.
    var current = TextPiece(offset: 0, length: 0, origin: 0, frame: 0)
    /// As in ``InputPiece/root``; `noRoot` when nothing is being read.
    var root = Self.noRoot

    static let noRoot = UInt32.max

    var syntax = MacroSyntax()
    /// Whether white space is skipped: an argument is about to begin.
    var skippingSpace = false
    /// What the scanner found: the name's number and its end.
    var foundName = 0
    var foundEnd = 0
    /// The pieces of a token that crosses the end of a piece.
    var tokenPieces = ReusableStack<TextPiece>()

    // MARK: Calls

    var table = MacroTable()
    var calls = ReusableStack<PendingCall>()
    var arguments = ReusableStack<MacroArgument>()
    var argumentPieces = ReusableStack<TextPiece>()
    /// Of the argument that is being collected: its open parentheses, its first piece, and the built-in macro it is.
    var depth = 0
    var argumentStart = 0
    var argumentBuiltin: Int32 = -1
    /// The expansion of a built-in macro while it is put together.
    var expansion = ReusableStack<TextPiece>()
    var scratch: [UInt8] = []
    /// Where the arena holds the decimal numbers that `incr` and its like produce most.
    var smallNumbers: [UInt32] = Array(repeating: 0, count: 256)
    /// Where the arena holds the text that lists of arguments are joined with.
    var commaOffset = 0
    var openQuoteOffset = 0
    var closeQuoteOffset = 0
    var request: FileRequest?
    var wrapped: [InputPiece] = []

    // MARK: Output

    var output: OutputText
    var diversion = 0
    var diversions: [Int: OutputText] = [:]
    let syncLines: Bool
    /// What m4 takes for the number of the output's current line; -1 when it must say the file again.
    var outputLine = -1
    var atLineStart = true
    var syncLine: [UInt8] = []
    var syncLineNumber = -1
    /// The root that was asked about last, its file and its line.
    var syncRoot = Self.noRoot
    var syncSegment = -1
    var syncRootLine = 0

    // MARK: Bounds and messages

    let limits: MacroLimits
    let includeDirectories: [String]
    let directory: String
    /// What was read on behalf of `include` and its relatives.
    var includedFiles: [String] = []
    let warningsAreErrors: Bool
    var callCount = 0
    var scannedBytes = 0
    var madeBytes = 0
    var parkedBytes = 0
    var expressionSteps = 0
    var includeCount = 0
    var stopped = false
    /// What `m4exit` ended the run with.
    var exitStatus = 0
    var diagnostics: [Diagnostic] = []
    var droppedDiagnostics = 0
    var droppedErrors = 0

    init(options: MacroProcessor.Options, map: SourceMap, inputBytes: Int) {
        self.map = map
        output = OutputText(inputBytes: inputBytes)
        text.reserve(inputBytes + inputBytes / 4 + 4096)
        memo.reserveCapacity(inputBytes + 4096)
        syncLines = options.syncLines
        limits = options.limits
        includeDirectories = options.includeDirectories
        directory = options.directory
        warningsAreErrors = options.warningsAreErrors
        defineBuiltins()
        for definition in options.definitions {
            let value = make(Array(definition.value.utf8), at: .none)
            let name = enterName(Array(definition.name.utf8))
            let start = table.body.count
            if value.length > 0 {
                expansion.truncate(to: 0)
                expansion.push(value)
                compileExpansion()
            }
            table.define(name, builtin: MacroTable.Definition.userDefined, bodyStart: start, push: false)
        }
        memo.append(contentsOf: repeatElement(0, count: text.count - memo.count))
    }

    /// Ends the run: brings the diversions back and hands over what was produced.
    consuming func finish(into map: inout SourceMap) -> MacroResult {
        if !stopped {
            selectDiversion(0)
            undivertAll()
        } else if diversion != 0 {
            selectDiversion(0)
        }
        if droppedDiagnostics > 0 {
            diagnostics.append(Diagnostic(
                "macro-diagnostics-limit", .note, "\(droppedDiagnostics) further macro diagnostics are not shown",
                at: .unknown))
        }
        let text = output.finish()
        map = self.map
        return MacroResult(text: text, diagnostics: diagnostics, exitStatus: exitStatus, includedFiles: includedFiles)
    }
}

extension CallSite {
    /// No call.
    static var none: CallSite { CallSite(origin: 0, frame: 0, root: MacroEngine.noRoot, length: 0) }
}

/// A call whose arguments are being collected.
struct PendingCall {
    let site: CallSite
    let name: UInt32
    let definition: Int32
    /// The place of its first argument in the engine's arguments, and of that argument's first piece.
    let argumentBase: Int
    let pieceBase: Int
    /// What the engine knew about the argument of the call around it.
    let outerDepth: Int
    let outerStart: Int
    let outerBuiltin: Int32
}

/// One collected argument: a stretch of the engine's argument pieces.
struct MacroArgument {
    var start: Int
    var end: Int
    /// The built-in macro that the argument is instead of text, or -1.
    var builtin: Int32
}
