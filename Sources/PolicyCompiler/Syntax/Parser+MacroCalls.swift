import Diagnostics

extension Parser {
    /// Whether a macro call that lacks an argument explains why the current token cannot stand where it stands. It is
    /// reported once, at the call: without it, every line of the macro's body would be called wrong.
    mutating func isExplainedByMacroCall() -> Bool {
        for offset in Int(lastEnd)...max(Int(lastEnd), Int(token.offset)) where offset > 0 {
            let root = map.stack(of: text.origin(of: offset - 1).expansion).last?.call
            if let root, incompleteCalls.contains(root) { return true }
            if offset < text.bytes.count, reportEmptyArgument(before: offset, evenIfGiven: true) { return true }
        }
        let root = map.stack(of: text.origin(of: Int(token.offset)).expansion).last?.call
        if let root, incompleteCalls.contains(root) { return true }
        return root != nil && reportMissingArgument()
    }

    /// Reports an argument that a call does not give and that another part of the statement needs.
    private mutating func reportMissingArgument() -> Bool {
        let end = text.bytes[Int(token.offset)...].prefix(1000).prefix { $0 != UInt8(ascii: ";") }.endIndex
        let start = min(statementStart, Int(token.offset))
        guard let first = text.indexOfRun(at: start), let last = text.indexOfRun(at: end), last - first < 1000, first < last
        else { return false }
        for run in first + 1...last {
            let offset = Int(text.runs[run].offset)
            if offset < text.bytes.count, reportEmptyArgument(before: offset, evenIfGiven: false) { return true }
        }
        return false
    }

    /// Reports the argument that is empty or was not given and that stood, as `$2` or the like, before an offset.
    private mutating func reportEmptyArgument(before offset: Int, evenIfGiven: Bool) -> Bool {
        let before = text.origin(of: offset - 1)
        let next = text.origin(of: offset)
        let start = before.position.advanced(by: 1)
        guard before.position != .unknown, next.position > start, before.expansion == next.expansion,
            before.expansion != .none, let file = map.file(at: start),
            let root = map.stack(of: before.expansion).last?.call
        else { return false }
        let length = Int(next.position.rawValue - start.rawValue)
        let written = file.bytes[file.offset(of: start)...].prefix(length)
        guard (2...3).contains(length), written.first == UInt8(ascii: "$"),
            let parameter = Int(String(decoding: written.dropFirst(), as: UTF8.self))
        else { return false }

        let source = source(of: parameter, in: map.expansions[Int(before.expansion.rawValue)])
        let count = source.count
        guard evenIfGiven || count < source.parameter else { return false }
        incompleteCalls.insert(root)
        let macro = map.macroNames[Int(source.call.macro)]
        let diagnostic = Diagnostic(
            "empty-argument", .error,
            count < source.parameter
                ? "`\(macro)` got \(count == 0 ? "no" : "\(count)") argument\(count == 1 ? "" : "s") and uses `$\(source.parameter)`"
                : "argument `$\(source.parameter)` of `\(macro)` is empty",
            at: Span(start: source.call.call, length: macro.utf8.count, expansion: source.call.parent),
            labels: [
                .init(Span(start: start, length: length, expansion: before.expansion), "the macro needs it here")
            ],
            help: source.isApart
                ? "remove the blank between the macro's name and `(`: with it, the macro is called without arguments"
                : count < source.parameter ? "give the argument; a comma separates it from the one before it" : "give the argument")
        if let place = failedCalls[root] {
            // What was said about a statement of the call before came of the same.
            diagnostics.amend(place) { $0 = diagnostic }
        } else {
            diagnostics.report(diagnostic)
        }
        return true
    }

    /// Notes that the last message is about the text of a macro.
    mutating func noteFailedCall() {
        let root = map.stack(of: text.origin(of: Int(token.offset)).expansion).last?.call
        if let root, failedCalls[root] == nil { failedCalls[root] = diagnostics.diagnostics.count - 1 }
    }

    // MARK: Calls as they are written

    /// The outermost call that should have given a macro's argument.
    private struct ArgumentSource {
        var call: MacroExpansion
        var parameter: Int
        /// How many arguments the call has.
        var count: Int
        /// Whether the parenthesis does not follow the name directly.
        var isApart: Bool
    }

    /// Where an argument comes from: a macro that hands on `$2` got it from its caller.
    private func source(of parameter: Int, in call: MacroExpansion) -> ArgumentSource {
        var (arguments, isApart) = arguments(of: call)
        var source = ArgumentSource(call: call, parameter: parameter, count: arguments.count, isApart: isApart)
        while source.parameter > 0, source.parameter <= arguments.count, source.call.parent != .none {
            let argument = arguments[source.parameter - 1]
            guard argument.first == "$", let handed = Int(argument.dropFirst()) else { break }
            let parent = map.expansions[Int(source.call.parent.rawValue)]
            (arguments, isApart) = self.arguments(of: parent)
            source = ArgumentSource(call: parent, parameter: handed, count: arguments.count, isApart: isApart)
        }
        return source
    }

    /// The arguments of a call, without the quotes around them.
    private func arguments(of call: MacroExpansion) -> (arguments: [String], isApart: Bool) {
        guard let file = map.file(at: call.call) else { return ([], false) }
        let behind = file.bytes[file.offset(of: call.call)...].dropFirst(map.macroNames[Int(call.macro)].utf8.count)
        guard behind.first == UInt8(ascii: "(") else {
            let next = behind.first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
            return ([], next == UInt8(ascii: "("))
        }
        var arguments: [String] = []
        var argument: [UInt8] = []
        var depth = 0
        var quotes = 0
        for byte in behind.dropFirst().prefix(100_000) {
            switch byte {
            case UInt8(ascii: "`"):
                quotes += 1
                if quotes == 1 { continue }
            case UInt8(ascii: "'") where quotes > 0:
                quotes -= 1
                if quotes == 0 { continue }
            case UInt8(ascii: "(") where quotes == 0: depth += 1
            case UInt8(ascii: ")") where quotes == 0, UInt8(ascii: ",") where quotes == 0 && depth == 0:
                if depth > 0 {
                    depth -= 1
                } else {
                    arguments.append(String(decoding: argument, as: UTF8.self))
                    argument = []
                    if byte == UInt8(ascii: ")") { return (arguments, false) }
                    continue
                }
            default: break
            }
            // m4 passes over blanks before an argument.
            if argument.isEmpty, quotes == 0, byte <= UInt8(ascii: " ") { continue }
            argument.append(byte)
        }
        return (arguments, false)
    }
}
