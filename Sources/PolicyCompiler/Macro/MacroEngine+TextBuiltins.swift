internal import Diagnostics

/// Built-in macros that compute: numbers and parts of text.
extension MacroEngine {
    mutating func performEval(_ call: Call) {
        guard checkCount(call, 1, 3) else { return }
        var radix: Int32 = 10
        // A number has a digit at least, which in base 1 only the width provides.
        var width: Int32 = 1
        if length(call, 1) > 0 {
            guard let number = number(call, 1) else { return }
            radix = number
        }
        guard (1...36).contains(radix) else {
            report("macro-bad-eval", .warning, "the radix \(radix) is not from 1 to 36", at: call.site)
            return
        }
        if call.count >= 3 {
            guard let number = number(call, 2) else { return }
            width = number
        }
        guard width >= 0 else {
            report("macro-bad-eval", .warning, "the width \(width) is negative", at: call.site)
            return
        }
        let text = bytes(call, 0)
        var value: Int32 = 0
        if text.isEmpty {
            report("macro-empty-number", .warning, "an empty expression counts as 0", at: call.site)
        } else {
            do {
                let (result, usedAssignment) = try ArithmeticExpression.evaluate(text)
                value = result
                if usedAssignment {
                    report("macro-bad-eval", .warning, "`=` in `eval` compares; write `==`", at: call.site)
                }
            } catch {
                let shown = String(decoding: text.prefix(80), as: UTF8.self)
                let reason =
                    switch error {
                    case .syntax(let what): what
                    case .divisionByZero: "it divides by zero"
                    case .negativeExponent: "an exponent is negative"
                    }
                report(
                    "macro-bad-eval", .warning, "`eval` cannot compute `\(shown)`", at: call.site, notes: [reason])
                return
            }
        }
        let digits = radix == 1 ? Int(value.magnitude) : 32
        guard max(digits, Int(width)) <= limits.madeBytes else {
            stopRunaway("a number of \(max(digits, Int(width))) digits", at: call.site, name: call.name)
            return
        }
        var result: [UInt8] = []
        if radix == 1 {
            result = Array(repeating: UInt8(ascii: "1"), count: digits)
        } else {
            result = Array(String(value.magnitude, radix: Int(radix)).utf8)
        }
        let padding = Array(repeating: UInt8(ascii: "0"), count: max(0, Int(width) - result.count))
        expand((value < 0 ? [UInt8(ascii: "-")] : []) + padding + result, call)
    }

    mutating func performIndex(_ call: Call) {
        guard checkCount(call, 2, 2) else {
            if call.count == 1 { expansion.push(make(number: 0, at: call.site)) }
            return
        }
        let text = bytes(call, 0)
        let wanted = bytes(call, 1)
        scannedBytes += text.count + wanted.count
        expansion.push(make(number: wanted.isEmpty ? 0 : Self.firstIndex(of: wanted, in: text) ?? -1, at: call.site))
    }

    /// Where a text first occurs in another, in time that is linear in both (Knuth, Morris and Pratt).
    private static func firstIndex(of wanted: [UInt8], in text: [UInt8]) -> Int? {
        // For each beginning of `wanted` the length of the longest shorter beginning that it ends with.
        var fallback = [0]
        var length = 0
        for byte in wanted.dropFirst() {
            while length > 0, wanted[length] != byte { length = fallback[length - 1] }
            if wanted[length] == byte { length += 1 }
            fallback.append(length)
        }
        length = 0
        for (index, byte) in text.enumerated() {
            while length > 0, wanted[length] != byte { length = fallback[length - 1] }
            if wanted[length] == byte { length += 1 }
            if length == wanted.count { return index + 1 - length }
        }
        return nil
    }

    mutating func performSubstr(_ call: Call) {
        guard checkCount(call, 2, 3) else {
            expandArgument(call, 0)
            return
        }
        let available = length(call, 0)
        guard let start = number(call, 1) else { return }
        var count = available
        if call.count >= 3 {
            guard let number = number(call, 2) else { return }
            count = Int(number)
        }
        guard start >= 0, count > 0, Int(start) < available else { return }
        expandArgument(call, 0, Int(start)..<min(Int(start) + count, available))
    }

    mutating func performTranslit(_ call: Call) {
        guard checkCount(call, 2, 3) else {
            expandArgument(call, 0)
            return
        }
        let from = Self.expandRanges(bytes(call, 1))
        let to = Self.expandRanges(bytes(call, 2))
        // 256 leaves a byte as it is, 257 removes it.
        var map = InlineArray<256, UInt16>(repeating: 256)
        for (index, byte) in from.enumerated() where map[Int(byte)] == 256 {
            map[Int(byte)] = index < to.count ? UInt16(to[index]) : 257
        }
        let argument = arguments[call.first]
        for index in argument.start..<argument.end {
            let piece = argumentPieces[index]
            let start = Int(piece.offset)
            var result: [UInt8] = []
            var first = start
            for place in start..<start + Int(piece.length) {
                let image = map[Int(text[place])]
                if image == 257 {
                    expandTranslated(result, piece, first - start)
                    result.removeAll(keepingCapacity: true)
                    first = place + 1
                } else {
                    result.append(image == 256 ? text[place] : UInt8(truncatingIfNeeded: image))
                }
            }
            expandTranslated(result, piece, first - start)
        }
    }

    /// Adds bytes that stand for as many bytes of `piece`, from its byte `start` on.
    private mutating func expandTranslated(_ bytes: [UInt8], _ piece: TextPiece, _ start: Int) {
        guard !bytes.isEmpty else { return }
        var made = make(bytes, at: .none)
        made.origin = TextPiece.advance(piece.origin, by: start)
        made.frame = piece.frame
        expansion.push(made)
    }

    /// Writes out `a-z` in a set of characters; a dash at either end is one itself.
    private static func expandRanges(_ set: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        var previous: UInt8?
        // No more than each character once matters; longer sets repeat themselves.
        while index < set.count, result.count < 1 << 20 {
            let byte = set[index]
            index += 1
            guard byte == UInt8(ascii: "-"), let low = previous else {
                result.append(byte)
                previous = byte
                continue
            }
            guard index < set.count else {
                result.append(byte)
                break
            }
            let high = set[index]
            index += 1
            if low <= high {
                if low < high { result += (low + 1)...high }
            } else {
                result += (high..<low).reversed()
            }
            previous = high
        }
        return result
    }

    // MARK: Regular expressions

    mutating func performRegexp(_ call: Call) {
        guard checkCount(call, 2, 3) else {
            if call.count == 1 { expansion.push(make(number: 0, at: call.site)) }
            return
        }
        guard let pattern = compile(call) else { return }
        var matcher = RegularExpression.Matcher(pattern, text: bytes(call, 0), steps: limits.expressionSteps)
        defer { countSteps(matcher, call) }
        do {
            let match = try matcher.firstMatch(from: 0)
            if call.count < 3 {
                expansion.push(make(number: match.map { $0[0].start } ?? -1, at: call.site))
            } else if let match {
                substitute(match, pattern, call)
            }
        } catch {
            reportSearch(call)
        }
    }

    mutating func performPatsubst(_ call: Call) {
        guard checkCount(call, 2, 3) else {
            expandArgument(call, 0)
            return
        }
        guard let pattern = compile(call) else { return }
        let text = bytes(call, 0)
        var matcher = RegularExpression.Matcher(pattern, text: text, steps: limits.expressionSteps)
        defer { countSteps(matcher, call) }
        var place = 0
        do {
            while place <= text.count, !stopped {
                guard let match = try matcher.firstMatch(from: place) else {
                    expandArgument(call, 0, place..<text.count)
                    return
                }
                expandArgument(call, 0, place..<match[0].start)
                substitute(match, pattern, call)
                place = match[0].end
                if match[0].start == match[0].end {
                    if place < text.count { expandArgument(call, 0, place..<place + 1) }
                    place += 1
                }
                if scannedBytes > limits.scannedBytes {
                    stopRunaway("more than \(limits.scannedBytes) bytes read", at: call.site)
                }
                if expansion.count > limits.pendingPieces {
                    stopRunaway("`patsubst` makes more than \(limits.pendingPieces) pieces of text", at: call.site)
                }
            }
        } catch {
            expansion.truncate(to: 0)
            reportSearch(call)
        }
    }

    private mutating func compile(_ call: Call) -> RegularExpression? {
        let pattern = bytes(call, 1)
        // To read the expression and to make room for its search takes about as long.
        expressionSteps += 100 + pattern.count
        do {
            return try RegularExpression(pattern)
        } catch {
            report(
                "macro-bad-expression", .warning,
                "`\(String(decoding: pattern.prefix(80), as: UTF8.self))` is no regular expression", at: call.site,
                notes: [error.reason])
            return nil
        }
    }

    private mutating func countSteps(_ matcher: RegularExpression.Matcher, _ call: Call) {
        expressionSteps += limits.expressionSteps - matcher.steps
        if expressionSteps > limits.allExpressionSteps {
            stopRunaway("searches for regular expressions take more than \(limits.allExpressionSteps) steps", at: call.site)
        }
    }

    private mutating func reportSearch(_ call: Call) {
        report(
            "macro-expression-limit", .error, "the search for a regular expression takes too long", at: call.site,
            notes: ["it passed \(limits.expressionSteps) steps"])
    }

    /// Adds the third argument with what it says about the match filled in.
    private mutating func substitute(_ match: [RegularExpression.Group], _ pattern: RegularExpression, _ call: Call) {
        let replacement = bytes(call, 2)
        var literal = 0
        var place = 0
        while place < replacement.count {
            guard replacement[place] == UInt8(ascii: "\\") else {
                place += 1
                continue
            }
            expandArgument(call, 2, literal..<place)
            place += 1
            literal = place
            guard place < replacement.count else {
                report(
                    "macro-bad-replacement", .warning, "a backslash at the end of a replacement is ignored",
                    at: call.site)
                break
            }
            let byte = replacement[place]
            place += 1
            if byte == UInt8(ascii: "&") || MacroSyntax.isDigit(byte) {
                literal = place
                let number = byte == UInt8(ascii: "&") ? 0 : Int(byte - UInt8(ascii: "0"))
                if byte == UInt8(ascii: "0") {
                    report("macro-bad-replacement", .warning, "write `\\&` instead of `\\0`", at: call.site)
                }
                if number > pattern.groupCount {
                    report("macro-bad-replacement", .warning, "there is no group \(number)", at: call.site)
                } else if match[number].start >= 0 {
                    expandArgument(call, 0, match[number].start..<match[number].end)
                }
            }
        }
        if place > literal { expandArgument(call, 2, literal..<place) }
    }
}
