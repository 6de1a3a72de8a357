import Diagnostics

/// What a tree's files hold besides the text that was compiled: branches of `ifdef` that were not taken, macros that
/// nobody called. With other options, or in another release, it may take part.
struct UncompiledText {
    private let files: [SourceFile]
    /// The stretches of the position space that were compiled, by position; they may overlap.
    private let compiled: [Range<UInt32>]

    init(_ text: MappedText, _ map: SourceMap) {
        files = map.files.filter { !$0.name.hasSuffix("modules.conf") }
        var ranges: [Range<UInt32>] = []
        for (index, run) in text.runs.enumerated() where run.position != .unknown {
            let end = index + 1 < text.runs.count ? text.runs[index + 1].offset : UInt32(text.bytes.count)
            ranges.append(run.position.rawValue..<run.position.rawValue + (end - run.offset))
        }
        ranges.sort { $0.lowerBound < $1.lowerBound }
        var merged: [Range<UInt32>] = []
        for range in ranges {
            if let last = merged.last, range.lowerBound <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        compiled = merged
    }

    /// Which of the names stand in it as words, outside of comments and of their own declarations as attributes.
    func mentioned(_ names: Set<[UInt8]>) -> Set<[UInt8]> {
        var found: Set<[UInt8]> = []
        for file in files { find(names, in: file, &found) }
        return found
    }

    private func find(_ names: Set<[UInt8]>, in file: SourceFile, _ found: inout Set<[UInt8]>) {
        let bytes = file.bytes
        var index = 0
        var isDeclaration = false
        while index < bytes.count {
            let first = index
            while index < bytes.count, Self.isLetter(bytes[index]) { index += 1 }
            if index > first {
                let word = bytes[first..<index]
                if word.elementsEqual("dnl".utf8) {
                    skipLine(bytes, &index)
                    continue
                }
                if !isDeclaration, !isCompiled(file.start.advanced(by: first)), names.contains(Array(word)) {
                    found.insert(Array(word))
                }
                isDeclaration = word.elementsEqual("attribute".utf8)
            } else if bytes[index] == UInt8(ascii: "#"), first == 0 || bytes[first - 1] != UInt8(ascii: "$") {
                // `$#` is a macro's number of arguments.
                skipLine(bytes, &index)
            } else {
                index += 1
            }
        }
    }

    private func skipLine(_ bytes: [UInt8], _ index: inout Int) {
        while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private func isCompiled(_ position: SourcePosition) -> Bool {
        var low = 0
        var high = compiled.count
        while low < high {
            let middle = (low + high) / 2
            if compiled[middle].lowerBound <= position.rawValue { low = middle + 1 } else { high = middle }
        }
        return low > 0 && compiled[low - 1].contains(position.rawValue)
    }
}
