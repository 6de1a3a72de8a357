internal import Diagnostics

extension MacroEngine {
    /// A file that the running text asks for. The engine itself sees no reader, so that its code is compiled once.
    struct FileRequest {
        enum Purpose {
            case include
            case includeIfPresent
            /// Copied to the output as it is: `undivert(file)`.
            case undivert
        }

        let purpose: Purpose
        let path: String
        let call: CallSite
    }

    /// Runs until the input is used up, and reads the files that it asks for on the way.
    mutating func answerRequests(with reader: some SourceReader) {
        while let request = run() {
            var candidates = [request.path]
            if !request.path.hasPrefix("/"), !request.path.isEmpty {
                candidates[0] = directory.appending(path: request.path)
                candidates += includeDirectories.map { $0 + "/" + request.path }
            }
            var found: (name: String, bytes: [UInt8])?
            var failure: SourceReadError?
            for candidate in candidates where found == nil && !candidate.isEmpty {
                do {
                    if let bytes = try reader.contents(of: candidate) { found = (candidate, bytes) }
                } catch {
                    if failure == nil { failure = error }
                }
            }
            guard let found else {
                reportMissing(request, failure)
                continue
            }
            includedFiles.append(found.name)
            deliver(found.bytes, named: found.name, to: request)
        }
    }

    private mutating func reportMissing(_ request: FileRequest, _ failure: SourceReadError?) {
        guard request.purpose != .includeIfPresent else { return }
        report(
            "macro-missing-include", request.purpose == .include ? .error : .warning,
            "cannot read `\(request.path)`", at: request.call,
            notes: [failure.map(\.reason) ?? "there is no such file"])
    }

    private mutating func deliver(_ bytes: [UInt8], named name: String, to request: FileRequest) {
        includeCount += 1
        guard includeCount <= limits.includes else {
            stopRunaway("more than \(limits.includes) files are included", at: request.call)
            return
        }
        madeBytes += bytes.count
        guard madeBytes <= limits.madeBytes else {
            stopRunaway("made and included text passes \(limits.madeBytes) bytes", at: request.call)
            return
        }
        do {
            let file = try map.add(name: name, bytes: bytes)
            let offset = load(file)
            guard offset >= 0 else { return }
            if request.purpose == .undivert {
                let piece = TextPiece(
                    offset: UInt32(offset), length: UInt32(bytes.count), origin: file.start.rawValue,
                    frame: MacroExpansion.ID.none.rawValue)
                insertRaw(piece)
            } else {
                pushFile(segment: files.count - 1)
            }
        } catch {
            report(
                "macro-runaway", .error, "the files of this run pass \(error.limit) bytes", at: request.call)
            stopped = true
        }
    }

    /// Adds a file's bytes to the arena and returns where they begin, or -1 when the arena is full.
    mutating func load(_ file: SourceFile) -> Int {
        guard text.count + file.bytes.count + 1 < Self.arenaCapacity else {
            report("macro-runaway", .error, "the text of this run passes \(Self.arenaCapacity) bytes", at: nil)
            stopped = true
            return -1
        }
        let offset = text.append(file.bytes)
        memo.append(contentsOf: repeatElement(0, count: text.count - memo.count))
        files.append(FileSegment(
            start: offset, end: offset + file.bytes.count, name: Array(file.name.utf8), position: file.start.rawValue))
        return offset
    }

    /// Begins to read one of the files of the command line.
    mutating func begin(_ file: SourceFile) {
        guard load(file) >= 0 else { return }
        pushFile(segment: files.count - 1)
    }

    /// Puts a loaded file before what is left to read.
    mutating func pushFile(segment: Int) {
        saveCurrent()
        let file = files[segment]
        outputLine = -1
        input.push(InputPiece(
            piece: TextPiece(
                offset: UInt32(file.start), length: UInt32(file.end - file.start), origin: file.position, frame: 0),
            root: InputPiece.fileRoot))
    }
}
