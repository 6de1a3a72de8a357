internal import Diagnostics

/// Built-in macros about files, diversions, syntax and the run itself.
extension MacroEngine {
    mutating func performOther(_ builtin: Builtin, _ call: Call) {
        switch builtin {
        case .file:
            checkCount(call, 0, 0)
            let segment = segment(of: call.site.root)
            expand(openQuotePiece(call.site.origin | TextPiece.fixed), call)
            if segment >= 0 { expand(files[segment].name, call) }
            expand(closeQuotePiece(call.site.origin | TextPiece.fixed), call)
        case .line:
            checkCount(call, 0, 0)
            let line = lineNumber(of: call.site.root, in: segment(of: call.site.root))
            expansion.push(make(number: line, at: call.site))
        case .program:
            checkCount(call, 0, 0)
            expand(openQuotePiece(call.site.origin | TextPiece.fixed), call)
            expand(Array("m4".utf8), call)
            expand(closeQuotePiece(call.site.origin | TextPiece.fixed), call)
        case .changequote:
            checkCount(call, 0, 2)
            syntax.setQuotes(call.count >= 1 ? bytes(call, 0) : nil, call.count >= 2 ? bytes(call, 1) : nil)
            placeQuotes()
        case .changecom:
            checkCount(call, 0, 2)
            syntax.setComments(call.count >= 1 ? bytes(call, 0) : nil, call.count >= 2 ? bytes(call, 1) : nil)
        case .divert:
            checkCount(call, 0, 1)
            var number: Int32? = 0
            if call.count >= 1 { number = self.number(call, 0) }
            if let number { selectDiversion(Int(number)) }
            if diversions.count > limits.diversions {
                stopRunaway("more than \(limits.diversions) diversions hold text", at: call.site)
            }
        case .divnum:
            checkCount(call, 0, 0)
            expansion.push(make(number: diversion, at: call.site))
        case .undivert: performUndivert(call)
        case .include, .sinclude:
            guard checkCount(call, 1, 1) else { return }
            request = FileRequest(
                purpose: builtin == .include ? .include : .includeIfPresent,
                path: String(decoding: bytes(call, 0), as: UTF8.self), call: call.site)
        case .m4wrap: performWrap(call)
        case .m4exit: performExit(call)
        case .errprint:
            guard checkCount(call, 1, nil) else { return }
            var message: [UInt8] = []
            for index in 0..<call.count {
                if index > 0 { message.append(UInt8(ascii: " ")) }
                message += bytes(call, index)
            }
            while let last = message.last, last == 0x0a || last == 0x20 { message.removeLast() }
            report(
                "macro-errprint", .warning, "the policy says: \(String(decoding: message.prefix(4096), as: UTF8.self))",
                at: call.site)
        case .esyscmd, .syscmd:
            report(
                "macro-refused-builtin", .error, "`\(spelling(of: call))` is refused", at: call.site,
                notes: ["a policy must not run programs"])
        case .maketemp, .mkstemp, .debugfile:
            guard builtin != .debugfile || call.count > 0 else { return }
            report(
                "macro-refused-builtin", .error, "`\(spelling(of: call))` is refused", at: call.site,
                notes: ["a policy must not make files"])
        default:
            // dumpdef, traceon, traceoff and debugmode only speak to whoever debugs m4 macros.
            break
        }
    }

    private mutating func performUndivert(_ call: Call) {
        guard call.count > 0 else {
            undivertAll()
            return
        }
        for index in 0..<call.count {
            let bytes = bytes(call, index)
            let (value, rest, _) = DecimalNumber.parse(bytes)
            if rest == bytes.count, bytes.isEmpty || !DecimalNumber.isSpace(bytes[0]) {
                undivert(Int(Int32(truncatingIfNeeded: value)))
            } else if request == nil {
                request = FileRequest(
                    purpose: .undivert, path: String(decoding: bytes, as: UTF8.self), call: call.site)
            } else {
                report(
                    "macro-undivert-files", .error, "one `undivert` can copy one file only", at: call.site,
                    help: "call it once for each file")
            }
        }
    }

    /// Saves text to be read at the end: the last call's first.
    private mutating func performWrap(_ call: Call) {
        guard checkCount(call, 1, nil) else { return }
        let space = make([UInt8(ascii: " ")], at: call.site)
        for index in 0..<call.count {
            if index > 0 { expansion.push(space) }
            expandArgument(call, index)
        }
        var index = expansion.count
        while index > 0 {
            index -= 1
            wrapped.append(InputPiece(piece: expansion[index], root: call.site.root))
        }
        expansion.truncate(to: 0)
        if wrapped.count > limits.pendingPieces {
            stopRunaway("`m4wrap` saves more than \(limits.pendingPieces) pieces of text", at: call.site)
        }
    }

    private mutating func performExit(_ call: Call) {
        checkCount(call, 0, 1)
        var status = 0
        if call.count > 0 { status = Int(number(call, 0) ?? 1) }
        // A process cannot end with another status.
        if !(0...255).contains(status) { status = 1 }
        exitStatus = status
        stopped = true
        if status != 0 {
            report("macro-exit", .error, "the policy ends macro processing with status \(status)", at: call.site,
                notes: ["what was written so far would be a part of a policy"])
        }
    }
}
