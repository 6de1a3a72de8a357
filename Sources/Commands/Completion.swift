/// What may stand at a place of a command line, from what stands around it.
struct Completion {
    let tool: ToolDescription
    /// All words behind the tool's name; the last one is completed.
    let words: [String]
    /// Those behind it: a file may be named there.
    let behind: [String]

    /// The candidates that begin with what is there, in order; none where the shell is to take names of files.
    func candidates() -> [String] {
        if let only = tool.only { return candidates(of: only, words[...]) }
        let names = tool.commands.map(\.name)
        guard let first = words.first, words.count > 1 else { return matching(names + ["help", "completion", "--help", "--version"]) }
        switch first {
        case "completion": return words.count == 2 ? matching(Shell.allCases.map(\.rawValue)) : []
        case "help": return words.count == 2 ? matching(names) : []
        default: return tool.commands.first { $0.name == first }.map { candidates(of: $0.type, words.dropFirst()) } ?? []
        }
    }

    private var last: String { words.last ?? "" }

    private func matching(_ candidates: [String]) -> [String] { candidates.filter { $0.hasPrefix(last) } }

    private func candidates(of command: any ToolCommand.Type, _ words: ArraySlice<String>) -> [String] {
        let options = command.options
        var operands: [String] = []
        var pending: OptionDescription?
        for word in words.dropLast() {
            if pending != nil {
                pending = nil
            } else if word.hasPrefix("-"), word != "-" {
                pending = options.first { $0.names.contains(word) && $0.value != nil && !$0.valueIsOptional }
            } else {
                operands.append(word)
            }
        }
        if let pending { return candidates(command.kind(of: pending), operands, "", last) }
        guard last.hasPrefix("-") else { return candidates(command.kind(ofOperand: operands), operands, "", last) }
        if last.hasPrefix("--"), let end = last.firstIndex(of: "="), let option = options.first(where: { $0.names.contains(String(last[..<end])) }) {
            return candidates(command.kind(of: option), operands, String(last[...end]), String(last[last.index(after: end)...]))
        }
        return matching(options.compactMap { option in option.name.map { "--" + $0 } })
    }

    /// Those of a kind, for a word that has something before it that stays.
    private func candidates(_ kind: WordKind, _ operands: [String], _ before: String, _ typed: String) -> [String] {
        var (before, typed) = (before, typed)
        let names: [String]
        switch kind {
        case .file, .other: return []
        case .choice(let choices): names = choices
        case .names(let find):
            // Names have commas between them.
            if let comma = typed.lastIndex(of: ",") {
                before += typed[...comma]
                typed = String(typed[typed.index(after: comma)...])
            }
            names = find((operands + behind).filter { $0 != "-" && !$0.hasPrefix("--") && !$0.isEmpty }).filter(\.isPlain)
        }
        return names.filter { $0.hasPrefix(typed) }.map { before + $0 }
    }
}

extension String {
    /// Whether a shell takes it as it is. The language has no other names, but an image may.
    fileprivate var isPlain: Bool {
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        return utf8.allSatisfy { letters.contains($0 | 0x20) || "0123456789_.:,-/".utf8.contains($0) }
    }
}
