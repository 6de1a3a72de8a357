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

    /// For each identifier whether it is one of the names and stands in it as a word, outside of comments and of
    /// declarations of attributes.
    func mentions(of names: [Identifier], _ identifiers: IdentifierTable) -> [Bool] {
        var search = Search(identifiers, names)
        for file in files { find(&search, in: file) }
        return search.isFound
    }

    private struct Search {
        let identifiers: IdentifierTable
        let attribute: Identifier?
        let comment = Array("dnl".utf8)
        var isWanted: [Bool]
        var isFound: [Bool]

        init(_ identifiers: IdentifierTable, _ names: [Identifier]) {
            self.identifiers = identifiers
            attribute = identifiers.find("attribute")
            isFound = [Bool](repeating: false, count: identifiers.count)
            isWanted = isFound
            for name in names { isWanted[name.index] = true }
        }
    }

    private func find(_ search: inout Search, in file: SourceFile) {
        let bytes = file.bytes
        var index = 0
        var isDeclaration = false
        while index < bytes.count {
            let first = index
            while index < bytes.count, Self.isLetter(bytes[index]) { index += 1 }
            if index > first {
                if index == first + search.comment.count, bytes[first..<index].elementsEqual(search.comment) {
                    skipLine(bytes, &index)
                    continue
                }
                let hash = IdentifierTable.hash(bytes, from: first, to: index)
                let word = search.identifiers.find(bytes, from: first, to: index, hash: hash)
                if let word, search.isWanted[word.index], !isDeclaration, !isCompiled(file.start.advanced(by: first)) {
                    search.isFound[word.index] = true
                }
                isDeclaration = word != nil && word == search.attribute
            } else if bytes[index] == UInt8(ascii: "#"), first == 0 || bytes[first - 1] != UInt8(ascii: "$") {
                // `$#` is a macro's number of arguments.
                skipLine(bytes, &index)
            } else {
                index += 1
            }
        }
    }

    private func skipLine(_ bytes: [UInt8], _ index: inout Int) {
        index = bytes.span.firstIndex(of: UInt8(ascii: "\n"), from: index, to: bytes.count) ?? bytes.count
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
