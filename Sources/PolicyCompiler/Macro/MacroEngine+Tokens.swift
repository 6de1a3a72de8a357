internal import Diagnostics

/// The tokens that the scanner stops at: words, strings, comments and the punctuation of calls.
extension MacroEngine {
    /// A word that ends with its piece, or stands in text without memo: it may go on in the next piece.
    mutating func handleWordAtEnd() {
        let start = cursor
        var end = start
        while end < limit, syntax.traits[Int(text[end])] & MacroSyntax.Class.nameTrait != 0 { end += 1 }
        var goesOn = false
        if end == limit, let next = nextByte(after: end) {
            goesOn = syntax.traits[Int(next)] & MacroSyntax.Class.nameTrait != 0
        }
        if !goesOn {
            var name = remembered(start, end)
            if name < 0 { name = find(start, end) }
            if name >= 0, table.info[name] & 1 != 0 {
                handleMacro(name, end: end)
            } else {
                cursor = end
                ship(start, end)
            }
            return
        }
        joinWord(from: start)
    }

    /// The number of the name that a stretch of the arena spells, or -1.
    func find(_ start: Int, _ end: Int) -> Int {
        let word = text.bytes.span.extracting(start..<end)
        return table.find(word, hash: MacroTable.hash(word), in: text.bytes.span)
    }

    /// Reads a word whose letters come from several pieces.
    private mutating func joinWord(from start: Int) {
        scratch.removeAll(keepingCapacity: true)
        tokenPieces.truncate(to: 0)
        let firstRoot = root == InputPiece.fileRoot ? UInt32(start) : root
        repeat {
            if cursor >= limit, !nextPiece() { break }
            let begin = cursor
            while cursor < limit, syntax.traits[Int(text[cursor])] & MacroSyntax.Class.nameTrait != 0 {
                scratch.append(text[cursor])
                cursor += 1
            }
            if cursor > begin { tokenPieces.push(currentPiece(begin, cursor)) }
            if cursor < limit { break }
            guard let next = nextByte(after: cursor), syntax.traits[Int(next)] & MacroSyntax.Class.nameTrait != 0 else {
                break
            }
        } while true
        let name = findDefined(scratch)
        if name >= 0, isCall(name) {
            let first = tokenPieces[0]
            call(name, at: CallSite(
                origin: first.origin, frame: first.frame,
                root: root == InputPiece.fileRoot ? UInt32(cursor - 1) : root, length: UInt32(scratch.count)))
        } else {
            shipToken(root: firstRoot)
        }
    }

    mutating func handleMacro(_ name: Int, end: Int) {
        let start = cursor
        cursor = end
        guard isCall(name) else {
            ship(start, end)
            return
        }
        call(name, at: CallSite(
            origin: TextPiece.advance(current.origin, by: start - Int(current.offset)), frame: current.frame,
            root: root == InputPiece.fileRoot ? UInt32(end - 1) : root, length: UInt32(end - start)))
    }

    mutating func handleQuote() {
        let start = cursor
        if syntax.hasUsualQuotes {
            if start < memo.count, memo[start] != 0, memo[start] != Self.noMemo, start + Int(memo[start]) < limit {
                let close = start + Int(memo[start])
                cursor = close + 1
                shipString(start + 1, close, root: root == InputPiece.fileRoot ? UInt32(start) : root)
                return
            }
            let (close, level) = endOfString(from: start + 1, to: limit, level: 1)
            if level == 0 {
                remember(close, at: start)
                cursor = close + 1
                shipString(start + 1, close, root: root == InputPiece.fileRoot ? UInt32(start) : root)
                return
            }
            readString(level: level, scanned: limit)
            return
        }
        if matches(syntax.openQuote) {
            readUnusualString()
        } else {
            handleOther(comments: false, quotes: false)
        }
    }

    /// Where the quotes that are open are closed; the second result says how many still are.
    private func endOfString(from start: Int, to end: Int, level: Int) -> (place: Int, level: Int) {
        let bytes = text.bytes.span
        var place = start
        var level = level
        while place < end {
            let byte = bytes[place]
            if byte == UInt8(ascii: "'") {
                level -= 1
                if level == 0 { return (place, 0) }
            } else if byte == UInt8(ascii: "`") {
                level += 1
            }
            place += 1
        }
        return (place, level)
    }

    /// Reads a string that goes on in the next pieces; the cursor is at its opening quote.
    private mutating func readString(level: Int, scanned: Int) {
        let site = siteAtCursor(length: 1)
        // An argument takes the pieces as they come; the output needs the whole token, because reading it can end
        // a file, which the sync line before it must know.
        let collecting = !calls.isEmpty
        tokenPieces.truncate(to: 0)
        if scanned > cursor + 1 { addToString(cursor + 1, scanned, collecting) }
        cursor = scanned
        var level = level
        while true {
            guard nextPiece() else {
                stopUnterminatedString(at: site)
                return
            }
            let start = cursor
            let (close, open) = endOfString(from: start, to: limit, level: level)
            if close > start { addToString(start, close, collecting) }
            level = open
            cursor = close
            if level == 0 {
                cursor += 1
                if !collecting { shipToken(root: site.root) }
                return
            }
        }
    }

    @inline(__always)
    private mutating func addToString(_ start: Int, _ end: Int, _ collecting: Bool) {
        if collecting {
            argumentPieces.push(currentPiece(start, end))
        } else {
            tokenPieces.push(currentPiece(start, end))
        }
    }

    /// A string between quotes that `changequote` set; the cursor is at its opening quote.
    private mutating func readUnusualString() {
        let site = siteAtCursor(length: syntax.openQuote.count)
        skip(syntax.openQuote.count)
        tokenPieces.truncate(to: 0)
        var level = 1
        while true {
            guard cursor < limit || nextPiece() else {
                stopUnterminatedString(at: site)
                return
            }
            guard cursor < limit else { continue }
            let start = cursor
            if text[cursor] == syntax.closeQuote[0], matches(syntax.closeQuote) {
                level -= 1
                if level == 0 {
                    skip(syntax.closeQuote.count)
                    shipToken(root: site.root)
                    return
                }
                take(syntax.closeQuote.count)
            } else if text[cursor] == syntax.openQuote[0], matches(syntax.openQuote) {
                level += 1
                take(syntax.openQuote.count)
            } else {
                repeat { cursor += 1 } while cursor < limit && text[cursor] != syntax.closeQuote[0]
                    && text[cursor] != syntax.openQuote[0]
                tokenPieces.push(currentPiece(start, cursor))
            }
        }
    }

    private mutating func stopUnterminatedString(at site: CallSite) {
        report(
            "macro-unterminated-quote", .error, "the file ends inside a quoted string that begins here", at: site,
            help: "close the string with `\(String(decoding: syntax.closeQuote, as: UTF8.self))`",
            labels: unterminatedCallLabels())
        stopped = true
    }

    mutating func handleComment() {
        if syntax.hasUsualComments, !calls.isEmpty || !syncLines || !atLineStart {
            readLineComment()
            return
        }
        guard matches(syntax.openComment) else {
            handleOther(comments: false, quotes: true)
            return
        }
        let site = siteAtCursor(length: syntax.openComment.count)
        tokenPieces.truncate(to: 0)
        take(syntax.openComment.count)
        while true {
            guard cursor < limit || nextPiece() else {
                stopUnterminatedComment(at: site)
                return
            }
            guard cursor < limit else { continue }
            if text[cursor] == syntax.closeComment[0], matches(syntax.closeComment) {
                take(syntax.closeComment.count)
                shipToken(root: site.root)
                return
            }
            let start = cursor
            repeat { cursor += 1 } while cursor < limit && text[cursor] != syntax.closeComment[0]
            tokenPieces.push(currentPiece(start, cursor))
        }
    }

    /// A comment up to the end of its line, which needs no sync line: handed on as it is read.
    private mutating func readLineComment() {
        let site = siteAtCursor(length: 1)
        let mark = output.mark
        while true {
            let start = cursor
            let close = lineEnd(after: start, before: limit)
            cursor = close > 0 ? close : limit
            if cursor > start { ship(start, cursor) }
            if close > 0 { return }
            guard nextPiece() else {
                if calls.isEmpty, diversion >= 0 { output.rewind(to: mark) }
                stopUnterminatedComment(at: site)
                return
            }
        }
    }

    private mutating func stopUnterminatedComment(at site: CallSite) {
        report(
            "macro-unterminated-comment", .error, "the file ends inside a comment that begins here", at: site,
            help: syntax.hasUsualComments ? "end the last line with a line end" : nil)
        stopped = true
    }

    /// A character that could have begun a longer delimiter and does not: what it is otherwise.
    private mutating func handleOther(comments: Bool, quotes: Bool) {
        let start = cursor
        switch syntax.characterClass(of: text[start], comments: comments, quotes: quotes) {
        case MacroSyntax.Class.word: handleWordAtEnd()
        case MacroSyntax.Class.quote: handleQuote()
        case MacroSyntax.Class.open:
            if !calls.isEmpty { depth += 1 }
            cursor += 1
            ship(start, cursor)
        case MacroSyntax.Class.close where !calls.isEmpty:
            if depth == 0 {
                handlePunctuation(.close)
            } else {
                depth -= 1
                cursor += 1
                ship(start, cursor)
            }
        case MacroSyntax.Class.comma where !calls.isEmpty && depth == 0:
            handlePunctuation(.comma)
        default:
            cursor += 1
            ship(start, cursor)
        }
    }

    mutating func handlePunctuation(_ event: ScanEvent) {
        cursor += 1
        finishArgument()
        if event == .close { finishCall() }
    }
}
