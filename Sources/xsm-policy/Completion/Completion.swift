import Arguments
import Flask
import PolicyAnalysis
import PolicyReports

/// What may stand at a place of a command line, from what stands before it.
struct Completion {
    /// All words behind the tool's name; the last one is completed.
    let words: [String]
    /// Those behind it: a policy may be named there.
    let behind: [String]

    /// The candidates that begin with what is there, in order; none where the shell is to take names of files.
    func candidates() -> [String] {
        guard let first = words.first, words.count > 1 else { return matching(Command.allCases.map(\.rawValue) + ["completion"]) }
        if first == "completion" { return words.count == 2 ? matching(Shell.allCases.map(\.rawValue)) : [] }
        guard let command = Command(rawValue: first) else { return [] }
        return command.candidates(self)
    }

    private var last: String { words.last ?? "" }

    private func matching(_ candidates: [String]) -> [String] { candidates.filter { $0.hasPrefix(last) } }

    /// The candidates of a command's.
    func candidates<Asked: Subcommand>(of command: Asked.Type) -> [String] {
        typealias Option = SubcommandOption<Asked>
        var operands: [String] = []
        var pending: Option?
        for word in words.dropFirst().dropLast() {
            if pending != nil {
                pending = nil
            } else if word.hasPrefix("-"), word != "-" {
                pending = Option.allCases.first { $0.isCalled(word) && $0.value != nil && !$0.valueIsOptional }
            } else {
                operands.append(word)
            }
        }
        if let pending { return candidates(Asked.kind(of: pending), operands, "", last) }
        guard last.hasPrefix("-") else { return candidates(Asked.kind(ofOperand: operands), operands, "", last) }
        if last.hasPrefix("--"), let end = last.firstIndex(of: "="), let option = Option.allCases.first(where: { $0.isCalled(String(last[..<end])) }) {
            return candidates(Asked.kind(of: option), operands, String(last[...end]), String(last[last.index(after: end)...]))
        }
        return matching(Option.allCases.compactMap { option in option.name.map { "--" + $0 } } + ["--help"]).removingDuplicates()
    }

    /// Those of a kind, for a word that has something before it that stays.
    private func candidates(_ kind: WordKind, _ operands: [String], _ before: String, _ typed: String) -> [String] {
        var (before, typed) = (before, typed)
        let names: [String]
        switch kind {
        case .file, .other: return []
        case .choice(let choices): names = choices
        default:
            // Names have commas between them.
            if let comma = typed.lastIndex(of: ",") {
                before += typed[...comma]
                typed = String(typed[typed.index(after: comma)...])
            }
            guard let policy = policy(operands) else { return [] }
            names = policy.names(kind).filter(\.isPlain)
        }
        return names.filter { $0.hasPrefix(typed) }.map { before + $0 }
    }

    /// The first word that is a policy, wherever it stands: nothing is completed from one that cannot be read.
    private func policy(_ operands: [String]) -> AnalysedPolicy? {
        for operand in operands + behind where operand != "-" && !operand.hasPrefix("--") && !operand.isEmpty {
            if let policy = try? PolicyFile(operand).read(InputOptions()) { return policy }
        }
        return nil
    }
}

extension AnalysedPolicy {
    /// What a word of a kind can be.
    fileprivate func names(_ kind: WordKind) -> [String] {
        switch kind {
        case .names(let kinds):
            kinds.flatMap { kind in ((try? inventory(of: kind)) ?? []).map(\.name.description) }.sorted()
        case .permissions(let name):
            ((try? inventory(of: .classes, name.flatMap { try? NamePattern($0) })) ?? [])
                .flatMap { $0.members.flatMap(\.names).map(\.description) }.sorted().removingDuplicates()
        case .context:
            ((try? inventory(of: .initialSIDs)) ?? []).flatMap { $0.members.flatMap(\.names).map(\.description) }.sorted().removingDuplicates()
        default: []
        }
    }
}

extension String {
    /// Whether a shell takes it as it is. The language has no other names, but an image may.
    fileprivate var isPlain: Bool {
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        return utf8.allSatisfy { letters.contains($0 | 0x20) || "0123456789_.:,-/".utf8.contains($0) }
    }
}

extension [String] {
    /// Each once; those that are the same must be side by side.
    fileprivate func removingDuplicates() -> [String] {
        indices.filter { $0 == 0 || self[$0] != self[$0 - 1] }.map { self[$0] }
    }
}

extension CommandOption {
    /// Whether a word on a command line is this option.
    fileprivate func isCalled(_ word: String) -> Bool {
        name.map { word == "--" + $0 } == true || letter.map { word == "-\($0)" } == true
    }
}
