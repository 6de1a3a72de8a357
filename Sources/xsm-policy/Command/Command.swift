import Arguments

/// What this tool can be asked, by the word that asks it.
enum Command: String, CaseIterable {
    case info, search, explain, diff, flow, test, lint, compat, label, decompile

    /// What it answers, in a line.
    var summary: String {
        switch self {
        case .info: "what a policy is, and what it holds"
        case .search: "the rules, constraints and contexts that meet some criteria"
        case .explain: "whether something is allowed, and why"
        case .diff: "what differs between two policies, or whether one grants more"
        case .flow: "whether information can go from one type to another, and by which steps"
        case .test: "whether a policy is as assertions say"
        case .lint: "what has no effect in a policy, or too much"
        case .compat: "which releases of Xen load it, and what the others refuse"
        case .label: "what labels devices: PCI addresses, page frames, ports, interrupts"
        case .decompile: "a source that compiles to a policy"
        }
    }

    private var asked: any Subcommand.Type {
        switch self {
        case .info: InfoCommand.self
        case .search: SearchCommand.self
        case .explain: ExplainCommand.self
        case .diff: DiffCommand.self
        case .flow: FlowCommand.self
        case .test: TestCommand.self
        case .lint: LintCommand.self
        case .compat: CompatCommand.self
        case .label: LabelCommand.self
        case .decompile: DecompileCommand.self
        }
    }

    func execute(_ words: [String]) throws(UsageError) -> Never { try asked.execute(words) }

    /// What may stand at the end of a command line of this command's.
    func candidates(_ completion: Completion) -> [String] { completion.candidates(of: asked) }

    /// All words, for a message.
    static var list: String {
        let names = allCases.map { "`\($0.rawValue)`" }
        return names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
    }

    static var usage: String {
        let width = 2 + (allCases.map(\.rawValue.count).max() ?? 0)
        let commands = allCases.map { command in
            "  " + command.rawValue + String(repeating: " ", count: width - command.rawValue.count) + command.summary + "\n"
        }
        return """
            usage: xsm-policy COMMAND [OPTION…] POLICY …

            Answers questions about a Flask policy. POLICY is a binary, a policy.conf or a policy
            tree, found out by looking; `-` is the standard input.

            \(commands.joined())
            Each command takes `--help`, and `--format json` for programs. `xsm-policy completion SHELL`
            prints what bash, zsh or fish needs to complete commands, options, and a policy's names.


            """
    }
}
