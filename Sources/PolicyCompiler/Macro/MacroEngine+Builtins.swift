internal import Diagnostics

/// The built-in macros: what they share, and those about definitions and conditions.
extension MacroEngine {
    /// A call whose arguments are there.
    struct Call {
        let site: CallSite
        let name: Int
        /// The place of the first argument in the engine's arguments.
        var first: Int
        /// The number of arguments.
        var count: Int
        /// The built-in macro whose name messages say when it is not the called name.
        var alias: Builtin?
    }

    mutating func defineBuiltins() {
        commaOffset = Int(make([UInt8(ascii: ",")], at: .none).offset)
        placeQuotes()
        for builtin in Builtin.allCases {
            let name = enterName(Array(builtin.name.utf8))
            table.define(name, builtin: builtin.rawValue, bodyStart: table.body.count, push: false)
        }
        for name in ["__gnu__", "__unix__"] {
            let name = enterName(Array(name.utf8))
            table.define(
                name, builtin: MacroTable.Definition.userDefined, bodyStart: table.body.count, push: false)
        }
    }

    /// Carries out a built-in macro: its effect, and its expansion put before what is left to read.
    mutating func perform(_ builtin: Builtin, _ call: Call) {
        var (builtin, call) = (builtin, call)
        while builtin == .builtin || builtin == .indir {
            guard let next = resolve(builtin, call) else { return }
            (builtin, call) = next
        }
        expansion.truncate(to: 0)
        if !builtin.takesBuiltins {
            for index in call.first..<call.first + call.count { arguments[index].builtin = -1 }
        }
        switch builtin {
        case .ifdef: performIfdef(call)
        case .ifelse: performIfelse(call)
        case .dnl:
            checkCount(call, 0, 0)
            skipLine(call.site)
            return
        case .define: performDefine(call, push: false)
        case .pushdef: performDefine(call, push: true)
        case .undefine: performRemove(call, all: true)
        case .popdef: performRemove(call, all: false)
        case .defn: performDefn(call)
        case .shift:
            guard checkCount(call, 1, nil) else { return }
            let origin = call.site.origin | TextPiece.fixed
            for index in 1..<max(call.count, 1) {
                if index > 1 { expand(commaPiece(origin), call) }
                expand(openQuotePiece(origin), call)
                expandArgument(call, index)
                expand(closeQuotePiece(origin), call)
            }
        case .incr, .decr:
            guard checkCount(call, 1, 1), let value = number(call, 0) else { return }
            let result = Int32(truncatingIfNeeded: value) &+ (builtin == .incr ? 1 : -1)
            expansion.push(make(number: Int(result), at: call.site))
        case .eval: performEval(call)
        case .len:
            guard checkCount(call, 1, 1) else { return }
            expansion.push(make(number: length(call, 0), at: call.site))
        case .index: performIndex(call)
        case .substr: performSubstr(call)
        case .translit: performTranslit(call)
        case .regexp: performRegexp(call)
        case .patsubst: performPatsubst(call)
        case .format: performFormat(call)
        default: performOther(builtin, call)
        }
        pushExpansion(root: call.site.root)
    }

    func spelling(of call: Call) -> String {
        call.alias?.name ?? spelling(of: call.name)
    }

    // MARK: Arguments

    /// Reports a wrong number of arguments; false when there are too few.
    @discardableResult
    mutating func checkCount(_ call: Call, _ least: Int, _ most: Int?) -> Bool {
        if call.count < least {
            report(
                "macro-too-few-arguments", .warning, "too few arguments to `\(spelling(of: call))`",
                at: call.site, notes: ["the call is ignored"])
            return false
        }
        if let most, call.count > most {
            report(
                "macro-excess-arguments", .warning,
                "excess arguments to `\(spelling(of: call))` are ignored", at: call.site,
                help: "a comma that stands outside of quotes divides arguments")
        }
        return true
    }

    /// An argument's bytes; those of an absent one are none.
    func bytes(_ call: Call, _ index: Int) -> [UInt8] {
        guard index < call.count else { return [] }
        let argument = arguments[call.first + index]
        var bytes: [UInt8] = []
        for index in argument.start..<argument.end {
            let piece = argumentPieces[index]
            bytes += text[Int(piece.offset)..<Int(piece.offset + piece.length)]
        }
        return bytes
    }

    func length(_ call: Call, _ index: Int) -> Int {
        guard index < call.count else { return 0 }
        let argument = arguments[call.first + index]
        var length = 0
        for index in argument.start..<argument.end { length += Int(argumentPieces[index].length) }
        return length
    }

    func isBuiltin(_ call: Call, _ index: Int) -> Bool {
        index < call.count && arguments[call.first + index].builtin >= 0
    }

    /// An argument as the decimal number that m4 reads from it; nil when it is none.
    mutating func number(_ call: Call, _ index: Int) -> Int32? {
        if let digits = shortNumber(call, index) { return digits }
        let bytes = bytes(call, index)
        let name = spelling(of: call)
        guard !bytes.isEmpty else {
            report("macro-empty-number", .warning, "an empty argument of `\(name)` counts as 0", at: call.site)
            return 0
        }
        let (value, rest, overflow) = DecimalNumber.parse(bytes)
        guard rest == bytes.count else {
            report(
                "macro-bad-number", .warning,
                "`\(String(decoding: bytes.prefix(80), as: UTF8.self))` is no number for `\(name)`", at: call.site)
            return nil
        }
        if DecimalNumber.isSpace(bytes[0]) {
            report("macro-number-space", .warning, "white space before a number of `\(name)` is ignored", at: call.site)
        } else if overflow {
            report("macro-number-overflow", .warning, "a number of `\(name)` is too large", at: call.site)
        }
        return Int32(truncatingIfNeeded: value)
    }

    /// An argument that is one piece of a few digits, as nearly all numbers are.
    private func shortNumber(_ call: Call, _ index: Int) -> Int32? {
        guard index < call.count else { return nil }
        let argument = arguments[call.first + index]
        guard argument.end - argument.start == 1 else { return nil }
        let piece = argumentPieces[argument.start]
        guard (1...9).contains(piece.length) else { return nil }
        var value: Int32 = 0
        for place in Int(piece.offset)..<Int(piece.offset + piece.length) {
            guard MacroSyntax.isDigit(text[place]) else { return nil }
            value = value * 10 + Int32(text[place] - UInt8(ascii: "0"))
        }
        return value
    }

    // MARK: Expansions

    /// Adds text that stands at the call.
    func atCall(_ piece: TextPiece, _ call: Call) -> TextPiece {
        var piece = piece
        piece.frame = call.site.frame
        return piece
    }

    mutating func expand(_ piece: TextPiece, _ call: Call) {
        expansion.push(atCall(piece, call))
    }

    mutating func expand(_ bytes: [UInt8], _ call: Call) {
        if !bytes.isEmpty { expansion.push(make(bytes, at: call.site)) }
    }

    /// Adds an argument, with the places and frames that it has.
    mutating func expandArgument(_ call: Call, _ index: Int) {
        guard index < call.count else { return }
        let argument = arguments[call.first + index]
        for index in argument.start..<argument.end { expansion.push(argumentPieces[index]) }
    }

    /// Adds the bytes `range` of an argument.
    mutating func expandArgument(_ call: Call, _ index: Int, _ range: Range<Int>) {
        let argument = arguments[call.first + index]
        var place = 0
        for index in argument.start..<argument.end {
            // `patsubst` comes here for every match.
            scannedBytes += 4
            var piece = argumentPieces[index]
            let length = Int(piece.length)
            let from = max(range.lowerBound - place, 0)
            let to = min(range.upperBound - place, length)
            if from < to {
                piece.origin = TextPiece.advance(piece.origin, by: from)
                piece.offset += UInt32(from)
                piece.length = UInt32(to - from)
                expansion.push(piece)
            }
            place += length
            if place >= range.upperBound { return }
        }
    }

    // MARK: Conditions

    private mutating func performIfdef(_ call: Call) {
        guard checkCount(call, 2, 3) else { return }
        let isDefined = findDefined(call, 0) >= 0
        if !isDefined { checkQuote(of: call) }
        expandArgument(call, isDefined ? 1 : 2)
    }

    /// `ifdef('name', …)` with the quotes of other languages asks for a macro that cannot exist.
    private mutating func checkQuote(of call: Call) {
        let argument = arguments[call.first]
        guard argument.end > argument.start, syntax.hasUsualQuotes,
            text[Int(argumentPieces[argument.start].offset)] == UInt8(ascii: "'")
        else { return }
        let name = String(decoding: bytes(call, 0).prefix(80), as: UTF8.self)
        report(
            "macro-wrong-quotes", .warning, "no macro can have the name `\(name)`", at: call.site,
            help: "macro quotes open with a backtick and close with an apostrophe")
    }

    /// The number of the defined name that an argument spells, or -1.
    private mutating func findDefined(_ call: Call, _ index: Int) -> Int {
        let argument = arguments[call.first + index]
        guard argument.end - argument.start == 1 else { return findDefined(bytes(call, index)) }
        let piece = argumentPieces[argument.start]
        let place = Int(piece.offset)
        let end = place + Int(piece.length)
        var name = -1
        if MacroSyntax.isWordStart(text[place]), place < memo.count {
            // Names of this kind stand in quotes, where the scanner has not been.
            if memo[place] == 0 { _ = enterWord(at: place) }
            name = remembered(place, end)
        }
        if name < 0 { name = find(place, end) }
        return name >= 0 && table.info[name] & 1 != 0 ? name : -1
    }

    private mutating func performIfelse(_ call: Call) {
        guard call.count != 1 else { return }
        guard checkCount(call, 3, nil) else { return }
        if call.count % 3 == 2 { checkCount(call, 0, 0) }
        var index = 0
        while true {
            if areEqual(call, index, index + 1) {
                expandArgument(call, index + 2)
                return
            }
            switch call.count - index {
            case ...3: return
            case 4, 5:
                expandArgument(call, index + 3)
                return
            default: index += 3
            }
        }
    }

    private func areEqual(_ call: Call, _ first: Int, _ second: Int) -> Bool {
        let count = length(call, first)
        guard count == length(call, second) else { return false }
        guard count > 0 else { return true }
        var (left, right) = (arguments[call.first + first].start, arguments[call.first + second].start)
        var (leftPlace, rightPlace) = (0, 0)
        var done = 0
        while done < count {
            let (a, b) = (argumentPieces[left], argumentPieces[right])
            let step = min(Int(a.length) - leftPlace, Int(b.length) - rightPlace)
            let (aStart, bStart) = (Int(a.offset) + leftPlace, Int(b.offset) + rightPlace)
            for index in 0..<step where text[aStart + index] != text[bStart + index] { return false }
            done += step
            leftPlace += step
            rightPlace += step
            if leftPlace == Int(a.length) { (left, leftPlace) = (left + 1, 0) }
            if rightPlace == Int(b.length) { (right, rightPlace) = (right + 1, 0) }
        }
        return true
    }

    // MARK: Definitions

    private mutating func performDefine(_ call: Call, push: Bool) {
        guard checkCount(call, 1, 2) else { return }
        guard !isBuiltin(call, 0) else {
            report(
                "macro-bad-name", .warning,
                "`\(spelling(of: call))` cannot take a built-in macro for a name", at: call.site)
            return
        }
        var name = findDefined(call, 0)
        if name < 0 { name = enterName(bytes(call, 0)) }
        let start = table.body.count
        if isBuiltin(call, 1) {
            let builtin = arguments[call.first + 1].builtin
            table.define(name, builtin: UInt8(truncatingIfNeeded: builtin), bodyStart: start, push: push)
            return
        }
        expandArgument(call, 1)
        compileExpansion()
        expansion.truncate(to: 0)
        table.define(name, builtin: MacroTable.Definition.userDefined, bodyStart: start, push: push)
    }

    private mutating func performRemove(_ call: Call, all: Bool) {
        guard checkCount(call, 1, nil) else { return }
        for index in 0..<call.count {
            let name = findDefined(call, index)
            if name >= 0 { table.remove(name, all: all) }
        }
    }

    private mutating func performDefn(_ call: Call) {
        guard checkCount(call, 1, nil) else { return }
        for index in 0..<call.count {
            let name = findDefined(call, index)
            guard name >= 0 else { continue }
            let definition = table.definitions[Int(table.names[name].definition)]
            guard definition.builtin == MacroTable.Definition.userDefined else {
                if call.count == 1 {
                    expansion.push(TextPiece(
                        offset: UInt32(definition.builtin), length: 0, origin: 0, frame: TextPiece.builtinMark))
                } else {
                    report(
                        "macro-builtin-in-text", .warning,
                        "the built-in macro `\(spelling(of: name))` cannot be joined with text", at: call.site)
                }
                continue
            }
            expand(openQuotePiece(call.site.origin | TextPiece.fixed), call)
            for index in Int(definition.bodyStart)..<Int(definition.bodyStart + definition.bodyCount) {
                let part = table.body[index]
                expansion.push(TextPiece(
                    offset: part.offset, length: part.length, origin: part.origin, frame: call.site.frame))
            }
            expand(closeQuotePiece(call.site.origin | TextPiece.fixed), call)
        }
    }

    // MARK: Calls by name

    /// Finds the macro that `builtin` or `indir` names; nil when there is none left to carry out.
    private mutating func resolve(_ builtin: Builtin, _ call: Call) -> (Builtin, Call)? {
        guard checkCount(call, 1, nil) else { return nil }
        guard !isBuiltin(call, 0) else {
            report("macro-bad-name", .warning, "`\(builtin.name)` takes the name of a macro", at: call.site)
            return nil
        }
        let spelled = String(decoding: bytes(call, 0).prefix(80), as: UTF8.self)
        if builtin == .builtin {
            guard let named = Builtin.byName[spelled] else {
                report("macro-undefined", .warning, "`\(spelled)` is no built-in macro", at: call.site)
                return nil
            }
            return (named, Call(
                site: call.site, name: call.name, first: call.first + 1, count: call.count - 1, alias: named))
        }
        let name = findDefined(call, 0)
        guard name >= 0 else {
            report("macro-undefined", .warning, "`\(spelled)` is not defined", at: call.site)
            return nil
        }
        let definition = table.names[name].definition
        let kind = table.definitions[Int(definition)].builtin
        if kind != MacroTable.Definition.userDefined, let named = Builtin(rawValue: kind) {
            return (named, Call(site: call.site, name: name, first: call.first + 1, count: call.count - 1))
        }
        expandDefined(PendingCall(
            site: call.site, name: UInt32(name), definition: definition, argumentBase: call.first + 1,
            pieceBase: 0, outerDepth: 0, outerStart: 0, outerBuiltin: 0))
        return nil
    }
}
