internal import Diagnostics

/// The input: a stack of pieces, of which the top one is being read.
extension MacroEngine {
    /// Goes on with the next piece; false at the end of the input. The new piece may be empty.
    @inline(__always)
    mutating func nextPiece() -> Bool {
        // What follows a file belongs to another one: its first sync line must say so.
        if root == InputPiece.fileRoot { outputLine = -1 }
        guard let next = input.pop() else {
            root = Self.noRoot
            cursor = 0
            limit = 0
            return false
        }
        if next.piece.isBuiltin {
            root = Self.noRoot
            cursor = 0
            limit = 0
            passBuiltin(Int32(bitPattern: next.piece.offset))
            return true
        }
        load(next)
        scannedBytes &+= Int(next.piece.length) + MacroLimits.pieceCost
        return true
    }

    @inline(__always)
    mutating func load(_ next: InputPiece) {
        current = next.piece
        cursor = Int(next.piece.offset)
        limit = cursor + Int(next.piece.length)
        root = next.root
    }

    /// A built-in macro as `defn` names it: it can only be an argument, and as a whole.
    private mutating func passBuiltin(_ builtin: Int32) {
        guard !calls.isEmpty else { return }
        skippingSpace = false
        if argumentPieces.count == argumentStart { argumentBuiltin = builtin }
    }

    /// Puts what is left of the current piece back, so that other text can come before it.
    @inline(__always)
    mutating func saveCurrent() {
        if cursor < limit || root == InputPiece.fileRoot {
            input.push(InputPiece(piece: currentPiece(cursor, limit), root: root))
            // It was counted when it was first read.
            scannedBytes &-= limit - cursor
        }
        cursor = 0
        limit = 0
        root = Self.noRoot
    }

    /// A part of the current piece.
    @inline(__always)
    func currentPiece(_ start: Int, _ end: Int) -> TextPiece {
        TextPiece(
            offset: UInt32(truncatingIfNeeded: start), length: UInt32(truncatingIfNeeded: end - start),
            origin: TextPiece.advance(current.origin, by: start - Int(current.offset)), frame: current.frame)
    }

    /// The next byte behind `place`, the end of what was read, without reading it; nil at the end of the input and
    /// before what is no text.
    func nextByte(after place: Int) -> UInt8? {
        if place < limit { return text[place] }
        var index = input.count - 1
        while index >= 0 {
            let next = input[index].piece
            if next.isBuiltin { return nil }
            if next.length > 0 { return text[Int(next.offset)] }
            index -= 1
        }
        return nil
    }

    /// Whether the input goes on with `delimiter`.
    func matches(_ delimiter: [UInt8]) -> Bool {
        var matched = 0
        var place = cursor
        var end = limit
        var index = input.count
        while matched < delimiter.count {
            while place >= end {
                index -= 1
                guard index >= 0, !input[index].piece.isBuiltin else { return false }
                place = Int(input[index].piece.offset)
                end = place + Int(input[index].piece.length)
            }
            guard text[place] == delimiter[matched] else { return false }
            place += 1
            matched += 1
        }
        return matched > 0
    }

    /// Reads bytes that ``matches(_:)`` saw.
    mutating func skip(_ count: Int) {
        var left = count
        while left > 0 {
            guard cursor < limit || nextPiece() else { return }
            let step = min(left, limit - cursor)
            cursor += step
            left -= step
        }
    }

    /// Reads bytes that ``matches(_:)`` saw into the current token.
    mutating func take(_ count: Int) {
        var left = count
        while left > 0 {
            guard cursor < limit || nextPiece() else { return }
            let step = min(left, limit - cursor)
            if step > 0 { tokenPieces.push(currentPiece(cursor, cursor + step)) }
            cursor += step
            left -= step
        }
    }

    /// The place of the next byte as a call's place, for messages.
    func siteAtCursor(length: Int) -> CallSite {
        CallSite(
            origin: TextPiece.advance(current.origin, by: cursor - Int(current.offset)), frame: current.frame,
            root: root == InputPiece.fileRoot ? UInt32(cursor) : root, length: UInt32(length))
    }

    /// Whether a `(` follows, the way a call's arguments begin.
    @inline(__always)
    func opensArguments() -> Bool {
        if cursor < limit, text[cursor] != UInt8(ascii: "(") { return false }
        return opensArgumentsHere()
    }

    private func opensArgumentsHere() -> Bool {
        guard nextByte(after: cursor) == UInt8(ascii: "(") else { return false }
        switch syntax.classes[Int(UInt8(ascii: "("))] {
        case MacroSyntax.Class.open: return true
        case MacroSyntax.Class.comment: if matches(syntax.openComment) { return false }
        default: break
        }
        return syntax.openQuote.first != UInt8(ascii: "(") || !matches(syntax.openQuote)
    }

    /// Drops the rest of the line, its line end too.
    mutating func skipLine(_ site: CallSite) {
        while true {
            guard cursor < limit || nextPiece() else {
                report(
                    "macro-end-of-file", .warning, "the file ends before the line that `dnl` removes", at: site)
                return
            }
            let close = lineEnd(after: cursor, before: limit)
            cursor = close > 0 ? close : limit
            if close > 0 { return }
        }
    }

    /// Where the input ended: inside a call that is an error, and the run ends.
    mutating func endOfInput() {
        guard !calls.isEmpty, !stopped else { return }
        let call = calls[calls.count - 1]
        report(
            "macro-unterminated-call", .error,
            "the file ends inside the arguments of `\(spelling(of: Int(call.name)))`", at: call.site,
            help: "close the call with `)`; a quote that is missing earlier can hide it",
            labels: unterminatedCallLabels(skipping: 1))
        stopped = true
    }

    /// The calls around the innermost one, for a message about a file that ends too early.
    func unterminatedCallLabels(skipping skipped: Int = 0) -> [Diagnostic.Label] {
        var labels: [Diagnostic.Label] = []
        var index = calls.count - 1 - skipped
        while index >= 0, labels.count < 4 {
            let call = calls[index]
            labels.append(Diagnostic.Label(
                span(of: call.site), "inside the arguments of `\(spelling(of: Int(call.name)))`"))
            index -= 1
        }
        return labels
    }

    // MARK: Text for the end

    /// Begins to read what `m4wrap` saved; false when there is nothing.
    mutating func nextWrapUp() -> Bool {
        guard !wrapped.isEmpty, !stopped else { return false }
        for piece in wrapped { input.push(piece) }
        wrapped = []
        return true
    }
}
