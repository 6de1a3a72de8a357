import Arguments
import Commands
import PolicyAnalysis
import PolicyReports
import Reports

/// `xsm-policy search`: the rules, constraints and contexts that meet some criteria.
struct SearchCommand: Subcommand {
    static let manual = Manual(
        "[OPTION…] POLICY",
        about: """
            Looks for statements that meet all criteria; without a kind for all kinds to which they
            apply. NAME is a name, or /EXPRESSION/, a regular expression (POSIX extended); NAMES are
            several with commas between them. A type stands for its attributes too, and an attribute
            for its types, unless `--direct-…` says otherwise. Of a policy's source each statement
            comes with the lines that say it.
            """,
        examples: [
            "what guests may do to dom0":
                "xsm-policy search -s domU_t -t dom0_t xenpolicy-4.17",
            "who may load a policy, with the lines that say so":
                "xsm-policy search -p load_policy Policies/reference",
        ],
        statuses: ["0": "something was found", "1": "nothing was", "2": "it cannot be told"])

    private var file = PolicyFile("-")
    private var question = SearchQuestion()
    private var onlyCounts = false

    mutating func set(_ option: SearchOption, to value: String) throws(UsageError) {
        switch option {
        case .kind(let kind): question.kinds.insert(kind)
        case .count: onlyCounts = true
        case .state: question.state = try option.choice(value)
        default:
            do throws(QuestionMistake) {
                try question.set(option, value)
            } catch {
                throw UsageError(message: error.message)
            }
        }
    }

    static func kind(of option: SearchOption) -> WordKind {
        switch option {
        case .source, .target: .inventory([.types, .attributes, .aliases, .roles])
        case .result: .inventory([.types, .roles])
        case .objectClass: .inventory([.classes])
        case .permission: .permissions(ofClass: nil)
        case .boolean: .inventory([.booleans])
        case .state: .choice(SearchQuestion.State.allCases.map(\.rawValue))
        default: .other
        }
    }

    mutating func take(_ operands: [String]) throws(UsageError) { file = try PolicyFile(only: operands) }

    func run(_ input: InputOptions, _ format: TextFormat) throws(CommandFailure) -> CommandAnswer {
        let policy = try file.read(input)
        do throws(QuestionMistake) {
            if onlyCounts {
                let count = try policy.search(question).count
                return CommandAnswer(count == 0 ? .otherOutcome : .answered, SearchReport.count(count), format)
            }
            let answer = try policy.answer(question)
            return CommandAnswer(answer.entries.isEmpty ? .otherOutcome : .answered, SearchReport.statements(answer, policy), format)
        } catch {
            throw .question(error)
        }
    }
}

extension SearchQuestion {
    /// What an option adds to the question.
    fileprivate mutating func set(_ option: SearchOption, _ value: String) throws(QuestionMistake) {
        switch option {
        case .source: source = try NamePattern(value)
        case .target: target = try NamePattern(value)
        case .result: result = try NamePattern(value)
        case .objectClass: classes += try Self.patterns(value)
        case .permission: permissions += try Self.patterns(value)
        case .boolean: booleans += try Self.patterns(value)
        case .all: needsAllPermissions = true
        case .directSource: isSourceDirect = true
        case .directTarget: isTargetDirect = true
        default: break
        }
    }

    /// An expression may have commas of its own.
    private static func patterns(_ text: String) throws(QuestionMistake) -> [NamePattern] {
        if text.hasPrefix("/") { return [try NamePattern(text)] }
        var patterns: [NamePattern] = []
        for part in text.split(separator: ",") { patterns.append(try NamePattern(String(part))) }
        return patterns
    }
}
