internal import Diagnostics

/// Calls: collecting arguments and putting an expansion before what is left to read.
extension MacroEngine {
    /// Whether a defined name is a call here: some built-in macros are only with arguments.
    @inline(__always)
    mutating func isCall(_ name: Int) -> Bool {
        guard table.definitions[Int(table.names[name].definition)].needsArguments else { return true }
        return opensArguments()
    }

    /// Begins a call; the cursor is behind its name.
    mutating func call(_ name: Int, at site: CallSite) {
        callCount += 1
        let definition = table.names[name].definition
        let pending = PendingCall(
            site: site, name: UInt32(name), definition: definition, argumentBase: arguments.count,
            pieceBase: argumentPieces.count, outerDepth: depth, outerStart: argumentStart,
            outerBuiltin: argumentBuiltin)
        let opens = cursor < limit && syntax.classes[Int(text[cursor])] < MacroSyntax.Class.quote
            ? false : opensArguments()
        guard opens else {
            perform(pending)
            return
        }
        guard calls.count < limits.nesting else {
            stopRunaway("more than \(limits.nesting) calls wait for their arguments", at: site, name: name)
            return
        }
        if cursor >= limit { skip(1) } else { cursor += 1 }
        table.definitions[Int(definition)].pending += 1
        calls.push(pending)
        depth = 0
        argumentStart = argumentPieces.count
        argumentBuiltin = -1
        skippingSpace = true
    }

    /// Ends the argument that is being collected.
    mutating func finishArgument() {
        var argument = MacroArgument(start: argumentStart, end: argumentPieces.count, builtin: argumentBuiltin)
        if argumentBuiltin >= 0 { argument.end = argument.start }
        arguments.push(argument)
        argumentStart = argumentPieces.count
        argumentBuiltin = -1
        skippingSpace = true
    }

    /// Ends the innermost call: all of its arguments are there.
    mutating func finishCall() {
        guard let pending = calls.pop() else { return }
        depth = pending.outerDepth
        argumentStart = pending.outerStart
        argumentBuiltin = pending.outerBuiltin
        skippingSpace = false
        table.definitions[Int(pending.definition)].pending -= 1
        perform(pending)
        arguments.truncate(to: pending.argumentBase)
        argumentPieces.truncate(to: pending.pieceBase)
    }

    /// Replaces a call by its expansion.
    private mutating func perform(_ pending: PendingCall) {
        let builtin = table.definitions[Int(pending.definition)].builtin
        if builtin == MacroTable.Definition.userDefined {
            expandDefined(pending)
        } else if let builtin = Builtin(rawValue: builtin) {
            perform(builtin, Call(
                site: pending.site, name: Int(pending.name), first: pending.argumentBase,
                count: arguments.count - pending.argumentBase))
        }
        if callCount > limits.calls {
            stopRunaway("more than \(limits.calls) macro calls", at: pending.site, name: Int(pending.name))
        }
        if input.count + argumentPieces.count > limits.pendingPieces {
            stopRunaway(
                "more than \(limits.pendingPieces) pieces of text wait to be read", at: pending.site,
                name: Int(pending.name))
        }
        if scannedBytes > limits.scannedBytes {
            stopRunaway("more than \(limits.scannedBytes) bytes read", at: pending.site, name: Int(pending.name))
        }
    }

    /// Expands a macro that the policy defined.
    mutating func expandDefined(_ pending: PendingCall) {
        let definition = table.definitions[Int(pending.definition)]
        let first = Int(definition.bodyStart)
        var index = first + Int(definition.bodyCount)
        guard index > first else { return }
        let frame = register(pending)
        let root = pending.site.root
        let base = pending.argumentBase
        let count = arguments.count - base
        saveCurrent()
        while index > first {
            index -= 1
            let part = table.body[index]
            switch part.parameter {
            case BodyPart.literal:
                input.push(InputPiece(
                    piece: TextPiece(offset: part.offset, length: part.length, origin: part.origin, frame: frame),
                    root: root))
            case BodyPart.count:
                pushText(make(number: count, at: CallSite(
                    origin: part.origin, frame: frame, root: root, length: part.length)), frame: frame, root: root)
            case BodyPart.allArguments, BodyPart.allArgumentsQuoted:
                let quoted = part.parameter == BodyPart.allArgumentsQuoted
                let origin = part.origin | TextPiece.fixed
                var argument = count - 1
                while argument >= 0 {
                    if quoted { pushText(closeQuotePiece(origin), frame: frame, root: root) }
                    pushArgument(base + argument, frame: frame, root: root)
                    if quoted { pushText(openQuotePiece(origin), frame: frame, root: root) }
                    if argument > 0 { pushText(commaPiece(origin), frame: frame, root: root) }
                    argument -= 1
                }
                if input.count > limits.pendingPieces { return }
            case 0:
                let name = table.names[Int(pending.name)]
                pushText(
                    TextPiece(
                        offset: name.offset, length: name.length, origin: part.origin | TextPiece.fixed, frame: frame),
                    frame: frame, root: root)
            default:
                if Int(part.parameter) <= count {
                    pushArgument(base + Int(part.parameter) - 1, frame: frame, root: root)
                }
                if input.count > limits.pendingPieces { return }
            }
        }
    }

    /// Adds a call to the source map.
    private mutating func register(_ pending: PendingCall) -> UInt32 {
        var macro = table.names[Int(pending.name)].mapIndex
        if macro == 0 {
            macro = map.addMacro(named: spelling(of: Int(pending.name)))
            table.setMapIndex(macro, of: Int(pending.name))
        }
        return map.add(MacroExpansion(
            macro: macro, call: SourcePosition(rawValue: pending.site.origin & ~TextPiece.fixed),
            parent: MacroExpansion.ID(rawValue: pending.site.frame))).rawValue
    }

    @inline(__always)
    private mutating func pushText(_ piece: TextPiece, frame: UInt32, root: UInt32) {
        guard piece.length > 0 else { return }
        var piece = piece
        piece.frame = frame
        input.push(InputPiece(piece: piece, root: root))
    }

    @inline(__always)
    private mutating func pushArgument(_ number: Int, frame: UInt32, root: UInt32) {
        let argument = arguments[number]
        var index = argument.end
        while index > argument.start {
            index -= 1
            var piece = argumentPieces[index]
            piece.frame = frame
            input.push(InputPiece(piece: piece, root: root))
        }
    }

    /// Puts the pieces of ``expansion`` before what is left to read.
    mutating func pushExpansion(root: UInt32) {
        var index = expansion.count
        guard index > 0 else { return }
        saveCurrent()
        while index > 0 {
            index -= 1
            if expansion[index].length > 0 || expansion[index].isBuiltin {
                input.push(InputPiece(piece: expansion[index], root: root))
            }
        }
    }

    // MARK: Bodies

    /// Appends the text of ``expansion`` to the bodies, split at its parameters.
    mutating func compileExpansion() {
        var index = 0
        while index < expansion.count {
            let piece = expansion[index]
            var literal = Int(piece.offset)
            var place = literal
            let end = literal + Int(piece.length)
            var next = index + 1
            while place < end {
                guard text[place] == UInt8(ascii: "$") else {
                    place += 1
                    continue
                }
                // A parameter can go on in the pieces that follow.
                let (parameter, length) = self.parameter(behind: place, before: end, piece: index)
                guard parameter != BodyPart.literal else {
                    place += 1
                    continue
                }
                addLiteral(piece, literal, place)
                let origin = TextPiece.advance(piece.origin, by: place - Int(piece.offset))
                if place + length <= end {
                    table.body.append(BodyPart(
                        offset: UInt32(place), length: UInt32(length), origin: origin, parameter: parameter))
                    place += length
                } else {
                    place = end
                    splitParameter(parameter, length: length, origin: origin, at: &next, place: &literal)
                    // The rest of the piece in which the parameter ends begins the next round.
                    if next < expansion.count, literal > 0 {
                        trimExpansion(next, by: literal)
                    }
                    literal = end
                    break
                }
                literal = place
            }
            addLiteral(piece, literal, end)
            index = next
        }
    }

    private mutating func addLiteral(_ piece: TextPiece, _ start: Int, _ end: Int) {
        guard end > start else { return }
        table.body.append(BodyPart(
            offset: UInt32(start), length: UInt32(end - start),
            origin: TextPiece.advance(piece.origin, by: start - Int(piece.offset)), parameter: BodyPart.literal))
    }

    /// A parameter whose spelling crosses pieces: `next` becomes the piece in which it ends and `place` the number
    /// of its bytes there.
    private mutating func splitParameter(
        _ parameter: Int32, length: Int, origin: UInt32, at next: inout Int, place: inout Int
    ) {
        let first = expansion[next - 1]
        let start = Int(first.offset + first.length)
        // Its bytes in the first piece are counted from the dollar sign, which is the last one.
        var left = length
        var spelled: [UInt8] = []
        var back = start - 1
        while text[back] != UInt8(ascii: "$") { back -= 1 }
        spelled += text[back..<start]
        left -= start - back
        place = 0
        while left > 0, next < expansion.count {
            let piece = expansion[next]
            let step = min(left, Int(piece.length))
            spelled += text[Int(piece.offset)..<Int(piece.offset) + step]
            left -= step
            if step < Int(piece.length) {
                place = step
                break
            }
            next += 1
        }
        let made = make(spelled, at: .none)
        table.body.append(BodyPart(
            offset: made.offset, length: made.length, origin: origin, parameter: parameter))
    }

    private mutating func trimExpansion(_ index: Int, by count: Int) {
        var piece = expansion[index]
        piece.origin = TextPiece.advance(piece.origin, by: count)
        piece.offset += UInt32(count)
        piece.length -= UInt32(count)
        expansion[index] = piece
    }

    /// What a `$` at `place` means, and how many bytes it takes; `literal` when it is just a character.
    private func parameter(behind place: Int, before end: Int, piece: Int) -> (parameter: Int32, length: Int) {
        var place = place + 1
        var end = end
        var piece = piece
        var number = -1
        var length = 1
        while true {
            while place >= end {
                piece += 1
                guard piece < expansion.count else { return (number < 0 ? BodyPart.literal : Int32(number), length) }
                place = Int(expansion[piece].offset)
                end = place + Int(expansion[piece].length)
            }
            let byte = text[place]
            if MacroSyntax.isDigit(byte) {
                number = min(max(number, 0) * 10 + Int(byte - UInt8(ascii: "0")), Int(Int32.max) / 10 - 1)
            } else if number >= 0 {
                return (Int32(number), length)
            } else {
                switch byte {
                case UInt8(ascii: "#"): return (BodyPart.count, 2)
                case UInt8(ascii: "*"): return (BodyPart.allArguments, 2)
                case UInt8(ascii: "@"): return (BodyPart.allArgumentsQuoted, 2)
                default: return (BodyPart.literal, 1)
                }
            }
            place += 1
            length += 1
        }
    }
}
