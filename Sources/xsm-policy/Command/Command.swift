import Commands

/// What this tool can be asked, by the word that asks it.
enum Command: String, Tool {
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

    var command: any ToolCommand.Type {
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

    static let name = "xsm-policy"
    static let summary = "ask a Flask policy"
    static let about = """
        Answers questions about a Flask policy. POLICY is a binary, a policy.conf or a policy tree, recognised by its content; `-` is the
        standard input. Each command has `--format json` for programs.
        """
    static let statuses: KeyValuePairs = [
        "0": "there is an answer, or what was asked for holds",
        "1": "it is the other outcome: nothing found, denied, different, does not hold",
        "2": "the command line, the input or a name in the question is wrong",
    ]
    static let examples: KeyValuePairs = [
        "who may do what to dom0?": "xsm-policy search -t dom0_t xenpolicy-4.17",
        "what would this change mean?": "xsm-policy diff --xen-release 4.17 xenpolicy-4.17 Policies/reference",
    ]
}
