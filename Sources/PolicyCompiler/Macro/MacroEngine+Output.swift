internal import Diagnostics

/// Where tokens go: into the argument that is being collected, or into the diversion in force.
extension MacroEngine {
    /// Hands on a stretch of the current piece that stands for itself.
    @inline(__always)
    mutating func ship(_ start: Int, _ end: Int) {
        let origin = TextPiece.advance(current.origin, by: start - Int(current.offset))
        if !calls.isEmpty {
            argumentPieces.push(TextPiece(
                offset: UInt32(truncatingIfNeeded: start), length: UInt32(truncatingIfNeeded: end - start),
                origin: origin, frame: current.frame))
        } else if diversion >= 0 {
            if syncLines {
                shipLines(start, end)
            } else {
                output.append(text, start, end, origin: origin, frame: current.frame)
            }
            checkOutput()
        }
    }

    /// Hands on the inside of a string of the current piece.
    mutating func shipString(_ start: Int, _ end: Int, root: UInt32) {
        if !calls.isEmpty {
            if end > start { argumentPieces.push(currentPiece(start, end)) }
        } else if diversion >= 0 {
            if syncLines {
                shipToken(start, end, root: root)
            } else {
                output.append(
                    text, start, end, origin: TextPiece.advance(current.origin, by: start - Int(current.offset)),
                    frame: current.frame)
            }
            checkOutput()
        }
    }

    /// Hands on the pieces of one token.
    mutating func shipToken(root: UInt32) {
        if !calls.isEmpty {
            for index in 0..<tokenPieces.count where tokenPieces[index].length > 0 {
                argumentPieces.push(tokenPieces[index])
            }
        } else if diversion >= 0 {
            if syncLines { synchronize(root) }
            for index in 0..<tokenPieces.count { appendPiece(tokenPieces[index]) }
            checkOutput()
        }
    }

    /// Writes a piece and counts its lines, without a sync line inside.
    private mutating func appendPiece(_ piece: TextPiece) {
        let start = Int(piece.offset)
        let end = start + Int(piece.length)
        output.append(text, start, end, origin: piece.origin, frame: piece.frame)
        if syncLines { countLines(start, end) }
    }

    private mutating func checkOutput() {
        if output.count + parkedBytes > limits.outputBytes {
            let site = siteAtCursor(length: 1)
            stopRunaway("the output passes \(limits.outputBytes) bytes", at: site)
        }
    }

    // MARK: Sync lines

    /// Writes single characters and words: each line can begin with a sync line.
    private mutating func shipLines(_ start: Int, _ end: Int) {
        var place = start
        var written = start
        while place < end {
            if atLineStart {
                if written < place { append(written, place) }
                written = place
                synchronize(root == InputPiece.fileRoot ? UInt32(truncatingIfNeeded: place) : root)
            }
            while place < end {
                place += 1
                if text[place - 1] == UInt8(ascii: "\n") {
                    atLineStart = true
                    break
                }
            }
        }
        append(written, end)
    }

    @inline(__always)
    private mutating func append(_ start: Int, _ end: Int) {
        output.append(
            text, start, end, origin: TextPiece.advance(current.origin, by: start - Int(current.offset)),
            frame: current.frame)
    }

    /// Writes a string token of the current piece: only its beginning can get a sync line.
    private mutating func shipToken(_ start: Int, _ end: Int, root: UInt32) {
        synchronize(root)
        append(start, end)
        countLines(start, end)
    }

    private mutating func countLines(_ start: Int, _ end: Int) {
        for place in start..<end {
            if atLineStart {
                atLineStart = false
                outputLine += 1
            }
            if text[place] == UInt8(ascii: "\n") { atLineStart = true }
        }
    }

    /// At the beginning of a token: says which line it is from when the output has lost count.
    @inline(__always)
    private mutating func synchronize(_ root: UInt32) {
        guard atLineStart else { return }
        atLineStart = false
        outputLine += 1
        if root != syncRoot {
            syncRoot = root
            syncSegment = segment(of: root)
            syncRootLine = lineNumber(of: root, in: syncSegment)
        }
        let segment = syncSegment
        let line = syncRootLine
        guard outputLine != line else { return }
        if line != syncLineNumber || outputLine < 1 {
            syncLine.removeAll(keepingCapacity: true)
            syncLine += "#line ".utf8
            Self.appendNumber(line, to: &syncLine)
            syncLineNumber = line
            if outputLine < 1, segment >= 0, !files[segment].name.isEmpty {
                // Built for this once: the next one of this line has no file.
                syncLineNumber = -1
                syncLine += " \"".utf8
                syncLine += files[segment].name
                syncLine.append(UInt8(ascii: "\""))
            }
            syncLine.append(UInt8(ascii: "\n"))
        }
        output.appendUnmapped(syncLine)
        outputLine = line
    }

    /// The file that holds a root, or -1.
    func segment(of root: UInt32) -> Int {
        guard root != Self.noRoot else { return -1 }
        var low = 0
        var high = files.count
        while low < high {
            let middle = (low + high) / 2
            if files[middle].start <= Int(root) { low = middle + 1 } else { high = middle }
        }
        return low - 1
    }

    /// The line that m4 counts for a root; 0 outside of files.
    mutating func lineNumber(of root: UInt32, in segment: Int) -> Int {
        guard segment >= 0 else { return 0 }
        return lines.line(of: Int(root), in: files[segment], number: segment, text: text)
    }

    static func appendNumber(_ value: Int, to bytes: inout [UInt8]) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var magnitude = value.magnitude
        let start = bytes.count
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(magnitude % 10))
            magnitude /= 10
        } while magnitude > 0
        bytes[start...].reverse()
    }

    // MARK: Diversions

    /// Makes another diversion the one in force; a negative one drops its text.
    mutating func selectDiversion(_ number: Int) {
        guard number != diversion else { return }
        if diversion >= 0 {
            parkedBytes += output.count
            // An empty one need not be kept.
            if output.count > 0 || diversion == 0 { diversions[diversion] = output }
        }
        output = OutputText()
        diversion = number
        if number >= 0, let parked = diversions.removeValue(forKey: number) {
            parkedBytes -= parked.count
            output = parked
        }
        outputLine = -1
    }

    /// Moves a diversion's text to the end of the one in force.
    mutating func undivert(_ number: Int) {
        guard number > 0, number != diversion, let parked = diversions.removeValue(forKey: number) else { return }
        parkedBytes -= parked.count
        if diversion >= 0, parked.count > 0 { output.append(parked) }
        if parked.count > 0 { outputLine = -1 }
    }

    /// Moves the text of all diversions, lowest number first.
    mutating func undivertAll() {
        for number in diversions.keys.sorted() { undivert(number) }
    }

    /// Copies a file's bytes to the output.
    mutating func insertRaw(_ piece: TextPiece) {
        guard diversion >= 0 else { return }
        let start = Int(piece.offset)
        output.append(text, start, start + Int(piece.length), origin: piece.origin, frame: piece.frame)
        checkOutput()
    }
}
