import Diagnostics

extension Parser {
    /// Whether a macro call that lacks an argument explains why the current token cannot stand where it stands. It is
    /// reported once, at the call: without it, every line of the macro's body would be called wrong.
    mutating func isExplainedByMacroCall() -> Bool {
        for offset in Int(lastEnd)...max(Int(lastEnd), Int(token.offset)) where offset > 0 {
            let root = map.stack(of: text.origin(of: offset - 1).expansion).last?.call
            if let root, incompleteCalls.contains(root) { return true }
            if offset < text.bytes.count, reportEmptyArgument(before: offset) { return true }
        }
        let root = map.stack(of: text.origin(of: Int(token.offset)).expansion).last?.call
        return root.map { incompleteCalls.contains($0) } ?? false
    }

    /// Reports the argument that is empty or was not given and that stood, as `$2` or the like, before an offset.
    private mutating func reportEmptyArgument(before offset: Int) -> Bool {
        let before = text.origin(of: offset - 1)
        let next = text.origin(of: offset)
        let start = before.position.advanced(by: 1)
        guard before.position != .unknown, next.position > start, before.expansion == next.expansion,
            before.expansion != .none, let file = map.file(at: start),
            let root = map.stack(of: before.expansion).last?.call
        else { return false }
        let length = Int(next.position.rawValue - start.rawValue)
        let written = file.bytes[file.offset(of: start)...].prefix(length)
        guard (2...3).contains(length), written.first == UInt8(ascii: "$"), written.dropFirst().allSatisfy(\.isDecimalDigit)
        else { return false }

        let call = map.expansions[Int(before.expansion.rawValue)]
        let macro = map.macroNames[Int(call.macro)]
        let parameter = String(decoding: written, as: UTF8.self)
        incompleteCalls.insert(root)
        diagnostics.report(
            .error, "empty-argument", "argument `\(parameter)` of `\(macro)` is empty or missing",
            at: Span(start: call.call, length: macro.utf8.count, expansion: call.parent),
            labels: [
                .init(Span(start: start, length: length, expansion: before.expansion), "the macro needs it here")
            ],
            help: "give the argument; the `(` of a call follows the macro's name without a blank between them")
        return true
    }
}

extension UInt8 {
    fileprivate var isDecimalDigit: Bool { self &- UInt8(ascii: "0") < 10 }
}
