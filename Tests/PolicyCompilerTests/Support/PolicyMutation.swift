import TestSupport

/// Breaks policies: drops, doubles, swaps and exchanges their tokens and lines.
struct PolicyMutation {
    private var random: SplitMix64

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    mutating func mutate(_ text: String) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for _ in 0..<random.pick([1, 1, 1, 2, 3]) {
            switch random.below(10) {
            case 0...2: mutateLines(&lines)
            case 3...5: mutateTokens(&lines)
            default: exchangeNames(&lines)
            }
        }
        return lines.joined(separator: "\n")
    }

    private mutating func mutateLines(_ lines: inout [String]) {
        let place = random.below(lines.count)
        switch random.below(4) {
        case 0: lines.remove(at: place)
        case 1: lines.insert(lines[place], at: place)
        case 2: lines.swapAt(place, random.below(lines.count))
        default: lines.insert(lines.remove(at: place), at: random.below(lines.count))
        }
        if lines.isEmpty { lines = [""] }
    }

    /// Puts a name where another one stands: the text remains well formed, and its meaning changes.
    private mutating func exchangeNames(_ lines: inout [String]) {
        for _ in 0..<20 {
            let place = random.below(lines.count)
            var tokens = Self.tokens(lines[place])
            let names = tokens.indices.filter { Self.isName(tokens[$0]) }
            // Often from a line of the same kind, so that the name fits.
            let same = lines.filter { $0.split(separator: " ").first == lines[place].split(separator: " ").first }
            let source = Self.tokens(random.pick(random.percent(60) ? same : lines)).filter { Self.isName($0) }
            guard !names.isEmpty, !source.isEmpty else { continue }
            tokens[random.pick(names)] = random.pick(source)
            lines[place] = tokens.joined(separator: " ")
            return
        }
    }

    private static let words: Set<String> = [
        "class", "sid", "type", "role", "user", "allow", "if", "else", "optional", "require", "bool", "tunable", "types",
        "roles", "level", "range", "attribute", "alias", "constrain", "sensitivity", "category", "dominance", "true", "false",
    ]

    private static func isName(_ token: String) -> Bool {
        (token.first?.isLetter ?? false) && !words.contains(token)
    }

    private mutating func mutateTokens(_ lines: inout [String]) {
        let place = random.below(lines.count)
        var tokens = Self.tokens(lines[place])
        guard !tokens.isEmpty else { return }
        let other = Self.tokens(lines[random.below(lines.count)])
        let index = random.below(tokens.count)
        let strange = ["{", "}", ";", ":", "-", "~", "*", ",", "(", ")", "!", "self", "0", "0x10", "a.b", "type", "s0", "==", "\"x\"", "/x", "1.2.3.4", "::"]
        switch random.below(6) {
        case 0: tokens.remove(at: index)
        case 1: tokens.insert(tokens[index], at: index)
        case 2: tokens.swapAt(index, random.below(tokens.count))
        case 3: tokens[index] = other.isEmpty ? random.pick(strange) : random.pick(other)
        case 4: tokens[index] = random.pick(strange)
        default: tokens.insert(other.isEmpty ? random.pick(strange) : random.pick(other), at: index)
        }
        lines[place] = tokens.joined(separator: " ")
    }

    private static func tokens(_ line: String) -> [String] {
        var result: [String] = []
        var word = ""
        for character in line {
            if character.isASCII, character.isLetter || character.isNumber || "_.-/\"".contains(character) {
                word.append(character)
                continue
            }
            if !word.isEmpty { result.append(word) }
            word = ""
            if character != " ", character != "\t" { result.append(String(character)) }
        }
        if !word.isEmpty { result.append(word) }
        return result
    }
}
