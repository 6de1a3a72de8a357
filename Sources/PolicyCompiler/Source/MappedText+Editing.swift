internal import Diagnostics

/// What the builds of policy trees do to text between macro runs: small edits after which every byte keeps its place.
extension MappedText {
    /// With a word replaced wherever it stands, as `sed s/word/text/g` does.
    ///
    /// - Parameter word: At least three bytes.
    func replacing(_ word: String, by replacement: String) -> MappedText {
        var result = MappedText()
        result.reserveCapacity(bytes: bytes.count, runs: runs.count)
        let pattern = Array(word.utf8)
        let source = bytes.span
        var copied = 0
        var place = 0
        while place + pattern.count <= source.count {
            // The words differ early from most text that begins with the same letter.
            guard source[place] == pattern[0], source[place + 2] == pattern[2],
                bytes[place..<place + pattern.count].elementsEqual(pattern)
            else {
                place += 1
                continue
            }
            result.append(self, copied..<place)
            result.append(replacement.utf8, at: origin(of: place).position)
            place += pattern.count
            copied = place
        }
        result.append(self, copied..<bytes.count)
        return result
    }

    /// With the parameters that a list of network objects writes in words, so that macros do not see them too early.
    func replacingParameters() -> MappedText {
        replacing("dollarsone", by: "$1").replacing("dollarszero", by: "$0")
    }

    /// The lines, without their ends, for which a condition holds.
    func lines(where isIncluded: (ArraySlice<UInt8>) -> Bool) -> MappedText {
        var result = MappedText()
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            if isIncluded(bytes[start..<end]) {
                result.append(self, start..<end)
                result.append([UInt8(ascii: "\n")])
            }
            start = end + 1
        }
        return result
    }
}
