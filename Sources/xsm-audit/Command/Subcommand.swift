import Arguments
import Commands
import Reports

/// A command of this tool: a question to logs, or to a store that keeps what was in some.
protocol Subcommand: AnsweringCommand where Context == Logs {
    /// Whether it is about logs; else none may be named.
    static var takesLogs: Bool { get }
    /// Whether it is answered from a store as well.
    static var takesStores: Bool { get }
    /// Whether one must be named.
    static var needsLogs: Bool { get }
}

extension Subcommand {
    static var takesLogs: Bool { true }
    static var needsLogs: Bool { takesLogs }
    static var takesStores: Bool { false }

    static var sharedOptions: [Logs.Option] {
        (takesLogs ? LogOption.allCases.map { .log($0) } : []) + (takesStores ? StoreOption.allCases.map { .store($0) } : [])
    }

    mutating func take(_ operands: [String], _ logs: Logs) throws(UsageError) {
        if !Self.takesLogs, let word = operands.first { throw UsageError(message: "`\(word)` is no option, and there is nothing else to name") }
        logs.paths = operands
        guard !Self.needsLogs || !logs.paths.isEmpty || logs.hasStore else {
            throw UsageError(message: "there is no log: name what `xl dmesg` prints, a capture of the console, or `-` for the standard input")
        }
    }
}
