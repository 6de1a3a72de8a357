extension ToolDescription {
    /// What `--help` prints of the tool.
    var help: String {
        if let only { return Self.help(name, only, statuses: []) }
        let column = 4 + (commands.map(\.name.count).max() ?? 0)
        var text = "usage: \(name) COMMAND [OPTION…] …\n\n"
        text += FilledText.paragraphs(about) + "\n"
        for command in commands { text += FilledText.row(command.name, command.summary, column: column) }
        text += "\n" + Self.examples(examples)
        text += FilledText.paragraphs("`\(name) help COMMAND` tells more of one, `completion SHELL` prints what bash, zsh or fish needs, `--version` which this is.")
        return text + "\n" + Self.statuses(statuses)
    }

    /// What `--help` prints of a command; nil where there is none of that name.
    func help(of word: String) -> String? {
        commands.first { $0.name == word }.map { Self.help("\(name) \($0.name)", $0.type, statuses: statuses) }
    }

    private static func help(_ name: String, _ command: any ToolCommand.Type, statuses: [(status: String, meaning: String)]) -> String {
        let manual = command.manual
        var text = ""
        for (index, synopsis) in manual.synopsis.enumerated() {
            text += FilledText.fill(synopsis, indentation: 7 + name.count, starting: (index == 0 ? "usage: " : "       ") + name + " ")
        }
        text += "\n" + FilledText.paragraphs(manual.about) + "\n"
        // Behind most options; the few long ones have a line of their own.
        let column = min(26, 4 + (command.options.map(\.synopsis.count).max() ?? 0))
        for option in command.options { text += FilledText.row(option.synopsis, option.help, column: column) }
        text += "\n" + examples(manual.examples)
        return text + Self.statuses(manual.statuses.isEmpty ? statuses : manual.statuses)
    }

    private static func examples(_ examples: [(purpose: String, command: String)]) -> String {
        guard !examples.isEmpty else { return "" }
        var text = examples.count == 1 ? "example:\n" : "examples:\n"
        for example in examples { text += FilledText.fill(example.purpose, indentation: 4, starting: "  # ") + FilledText.command(example.command) }
        return text + "\n"
    }

    private static func statuses(_ statuses: [(status: String, meaning: String)]) -> String {
        guard !statuses.isEmpty else { return "" }
        return FilledText.fill(statuses.map { "\($0.status) \($0.meaning)" }.joined(separator: "; "), indentation: 0, starting: "exit status: ")
    }
}
