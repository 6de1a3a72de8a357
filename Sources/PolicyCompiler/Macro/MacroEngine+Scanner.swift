internal import Diagnostics

/// The main loop: finds the tokens in the input and hands them on.
extension MacroEngine {
    /// Why the scanner stopped.
    enum ScanEvent {
        case end, macro, wordAtEnd, unknownWord, quote, comment, close, comma
    }

    /// Reads until the input is used up or a file is asked for.
    mutating func run() -> FileRequest? {
        while !stopped {
            guard cursor < limit else {
                if !nextPiece() {
                    endOfInput()
                    return nil
                }
                continue
            }
            if skippingSpace {
                skipSpace()
                continue
            }
            let start = cursor
            let event = scan()
            if cursor > start { ship(start, cursor) }
            switch event {
            case .end, .unknownWord: break
            case .macro: handleMacro(foundName, end: foundEnd)
            case .wordAtEnd: handleWordAtEnd()
            case .quote: handleQuote()
            case .comment: handleComment()
            case .close, .comma: handlePunctuation(event)
            }
            if let request {
                self.request = nil
                return request
            }
        }
        return nil
    }

    /// Moves the cursor over text that stands for itself. Inside a call's arguments, parentheses are counted.
    @inline(__always)
    private mutating func scan() -> ScanEvent {
        let collecting = !calls.isEmpty
        while true {
            let (event, place, openParentheses, name) = Self.scan(
                text.bytes.span, memo.span, table.info.span, syntax.classes.span, from: cursor, to: limit,
                depth: collecting ? depth : Int.max / 2, usualComments: syntax.hasUsualComments)
            cursor = place
            if collecting { depth = openParentheses }
            switch event {
            case .unknownWord:
                if enterWord(at: place) == 0 { return .wordAtEnd }
            case .comment where syntax.hasUsualComments:
                let close = lineEnd(after: place, before: limit)
                guard close > 0 else { return .comment }
                remember(close, at: place)
                cursor = close
            case .macro:
                foundName = name
                foundEnd = place + Int(table.info[name] >> 1)
                return .macro
            default: return event
            }
        }
    }

    /// The scanner's loop, which only reads: `depth` counts open parentheses, and at 0 it stops at punctuation.
    @inline(__always)
    private static func scan(
        _ text: Swift.Span<UInt8>, _ memo: Swift.Span<UInt16>, _ info: Swift.Span<UInt32>,
        _ classes: Swift.Span<UInt8>, from start: Int, to end: Int, depth: Int, usualComments: Bool
    ) -> (ScanEvent, place: Int, depth: Int, name: Int) {
        var place = start
        var depth = depth
        while place < end {
            var kind = classes[Int(text[place])]
            while kind == MacroSyntax.Class.plain {
                place += 1
                guard place < end else { return (.end, place, depth, 0) }
                kind = classes[Int(text[place])]
            }
            if kind == MacroSyntax.Class.word {
                guard place < memo.count else { return (.wordAtEnd, place, depth, 0) }
                let known = Int(memo[place])
                guard known != 0, known != Int(noMemo) else {
                    return (known == 0 ? .unknownWord : .wordAtEnd, place, depth, 0)
                }
                let word = info[known - 1]
                let wordEnd = place + Int(word >> 1)
                guard wordEnd < end else { return (.wordAtEnd, place, depth, 0) }
                if word & 1 != 0 { return (.macro, place, depth, known - 1) }
                place = wordEnd
                continue
            }
            switch kind {
            case MacroSyntax.Class.open:
                depth += 1
                place += 1
            case MacroSyntax.Class.close:
                if depth == 0 { return (.close, place, depth, 0) }
                depth -= 1
                place += 1
            case MacroSyntax.Class.comma:
                if depth == 0 { return (.comma, place, depth, 0) }
                place += 1
            case MacroSyntax.Class.quote:
                return (.quote, place, depth, 0)
            default:
                if usualComments, place < memo.count, memo[place] != 0, memo[place] != noMemo,
                    place + Int(memo[place]) <= end
                {
                    place += Int(memo[place])
                } else {
                    return (.comment, place, depth, 0)
                }
            }
        }
        return (.end, place, depth, 0)
    }

    /// Remembers where the string or the comment that begins at `place` ends.
    @inline(__always)
    mutating func remember(_ end: Int, at place: Int) {
        if place < memo.count { memo[place] = UInt16(truncatingIfNeeded: min(end - place, Int(Self.noMemo))) }
    }

    /// The place behind the next line end, or 0 when there is none.
    func lineEnd(after start: Int, before end: Int) -> Int {
        text.bytes.span.firstIndex(of: UInt8(ascii: "\n"), from: start, to: end).map { $0 + 1 } ?? 0
    }

    /// Enters the word that begins at a place of a file and remembers it there; 0 when there are too many words.
    mutating func enterWord(at place: Int) -> UInt16 {
        var hash = MacroTable.hashSeed
        var end = place
        while end < text.count, syntax.traits[Int(text[end])] & MacroSyntax.Class.nameTrait != 0 {
            hash = MacroTable.mix(hash, text[end])
            end += 1
        }
        var name = table.find(text.bytes.span.extracting(place..<end), hash: hash, in: text.bytes.span)
        if name < 0, table.names.count < Int(Self.noMemo) - 1 {
            name = table.add(offset: place, length: end - place, hash: hash)
        }
        guard (0..<Int(Self.noMemo) - 1).contains(name) else {
            memo[place] = Self.noMemo
            return 0
        }
        memo[place] = UInt16(name + 1)
        return UInt16(name + 1)
    }

    /// In the memo: what is to be known about the place does not fit.
    static var noMemo: UInt16 { UInt16.max }

    /// The number of the name that the memo knows for the word from `start` to `end`, or -1.
    @inline(__always)
    func remembered(_ start: Int, _ end: Int) -> Int {
        guard start < memo.count, memo[start] != 0, memo[start] != Self.noMemo else { return -1 }
        let name = Int(memo[start]) - 1
        return Int(table.info[name] >> 1) == end - start ? name : -1
    }

    private mutating func skipSpace() {
        while cursor < limit {
            let byte = Int(text[cursor])
            guard syntax.traits[byte] & MacroSyntax.Class.spaceTrait != 0, syntax.classes[byte] == 0 else {
                skippingSpace = false
                return
            }
            cursor += 1
        }
    }
}
