import Arguments

extension ToolDescription {
    /// The manual pages: the tool's own, and one for each command, as `xsm-policy-search`. In the language of `man`(7).
    public var manualPages: [(name: String, text: String)] {
        let others = commands.map { "\(name)-\($0.name)" }
        var text = Self.head(name, summary)
        if let only {
            text += Self.body(name, only.manual, only.options, statuses: statuses)
        } else {
            text += Self.section("synopsis") + Self.synopsis(name, "COMMAND [OPTION…] …")
            text += Self.section("description") + Self.paragraphs(about)
            text += Self.section("commands")
            for (command, page) in zip(commands, others) { text += Self.entry("\\fB\(Self.escaped(page))\\fR(1)", command.summary) }
            text += Self.section("general")
            text += Self.entry("\\fBhelp\\fR \\fICOMMAND\\fR", "Prints what a command does, its options, and examples.")
            text += Self.entry("\\fBcompletion\\fR \\fISHELL\\fR", "Prints what bash, zsh or fish needs to complete command lines.")
            text += Self.entry("\\fBmanual\\fR \\fIFOLDER\\fR", "Writes these pages.")
            text += Self.entry("\\fB\\-\\-version\\fR", "Prints the version, which all the tools share.")
            text += Self.examples(examples) + Self.statuses(statuses)
        }
        text += Self.seeAlso(others.isEmpty ? Self.tools.filter { $0 != name } : others + Self.tools.filter { $0 != name })
        return [(name, text)]
            + zip(commands, others).map { command, page in
                var text = Self.head(page, command.summary)
                text += Self.body("\(name) \(command.name)", command.type.manual, command.type.options, statuses: statuses)
                return (page, text + Self.seeAlso([name] + others.filter { $0 != page }))
            }
    }

    private static let tools = ["xsm-compile", "xsm-policy", "xsm-audit", "xsm-hypervisor", "xsm-launch"]

    private static func body(
        _ name: String, _ manual: Manual, _ options: [OptionDescription], statuses: [(status: String, meaning: String)]
    ) -> String {
        var text = section("synopsis") + manual.synopsis.map { synopsis(name, $0) }.joined(separator: ".br\n")
        text += section("description") + paragraphs(manual.about)
        text += section("options")
        for option in options {
            let names = option.names.map { "\\fB\(escaped($0))\\fR" }.joined(separator: ", ")
            let value = option.value.map { option.valueIsOptional ? "[=\\fI\(escaped($0))\\fR]" : " \\fI\(escaped($0))\\fR" } ?? ""
            text += entry(names + value, option.help)
        }
        text += examples(manual.examples) + Self.statuses(manual.statuses.isEmpty ? statuses : manual.statuses)
        guard !manual.files.isEmpty else { return text }
        return text + section("files") + manual.files.map { entry("\\fI\(escaped($0.name))\\fR", $0.meaning) }.joined()
    }

    // MARK: Parts

    private static func head(_ page: String, _ summary: String) -> String {
        ".TH \"\(page.uppercased())\" 1 \"\" \"swift\\-xsm \(ToolVersion.current)\" \"Flask policies of Xen\"\n"
            + ".SH NAME\n\(escaped(page)) \\- \(escaped(summary))\n"
    }

    private static func section(_ title: String) -> String { ".SH \(title.uppercased())\n" }

    private static func synopsis(_ name: String, _ text: String) -> String { ".B \(escaped(name))\n\(escaped(text))\n" }

    private static func entry(_ term: String, _ text: String) -> String { ".TP\n\(term)\n\(escaped(text))\n" }

    /// The first needs no macro: a section begins with a paragraph.
    private static func paragraphs(_ text: String) -> String {
        FilledText.paragraphs(of: text).map { paragraph in
            let lines = escaped(paragraph.lines.joined(separator: "\n")) + "\n"
            return paragraph.isAsItIs ? ".nf\n\(lines).fi\n" : lines
        }.joined(separator: ".PP\n")
    }

    private static func examples(_ examples: [(purpose: String, command: String)]) -> String {
        guard !examples.isEmpty else { return "" }
        return section("examples")
            + examples.map { "\(escaped(sentence($0.purpose))):\n.PP\n.RS 4\n.nf\n\(escaped($0.command))\n.fi\n.RE\n" }.joined(separator: ".PP\n")
    }

    private static func statuses(_ statuses: [(status: String, meaning: String)]) -> String {
        guard !statuses.isEmpty else { return "" }
        return section("exit status") + statuses.map { entry("\\fB\($0.status)\\fR", sentence($0.meaning) + ".") }.joined()
    }

    private static func seeAlso(_ pages: [String]) -> String {
        section("see also") + pages.map { "\\fB\(escaped($0))\\fR(1)" }.joined(separator: ",\n") + "\n"
    }

    private static func sentence(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    /// Text as the language wants it: no line of it is a request, and what is typed as it stands stays what it is. Names in backticks are bold.
    private static func escaped(_ text: String) -> String {
        var result = ""
        var isBold = false
        var isAtStart = true
        for character in text {
            switch character {
            case ".": result += isAtStart ? "\\&." : "."
            case "\\": result += "\\e"
            case "-": result += "\\-"
            case "'": result += "\\(aq"
            case "^": result += "\\(ha"
            case "~": result += "\\(ti"
            case "`":
                isBold.toggle()
                result += isBold ? "\\fB" : "\\fR"
            case "…": result += "..."
            default: result.append(character)
            }
            isAtStart = character == "\n"
        }
        return result + (isBold ? "\\fR" : "")
    }
}
