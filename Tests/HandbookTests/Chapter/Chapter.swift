/// A page whose examples are run: the steps that its reader takes, in their order. The form is told in `Documentation/handbook/README.md`.
struct Chapter {
    /// A line that begins with `$`, with those that it goes on in, and what it is to print.
    struct Command {
        /// Of the page, from 1.
        let line: Int
        let text: String
        /// Which of the page's lines hold the output, from 0.
        let outputLines: Range<Int>
        let output: ExpectedOutput
        /// Why it is only shown.
        let notRunReason: String?

        var isRun: Bool { notRunReason == nil }
        /// Whether it tells the status of the one before it, which then may be any.
        var tellsStatus: Bool { text == "echo $?" }
    }

    /// A file that the reader writes, or whose end.
    struct File: Equatable {
        let line: Int
        let path: String
        let text: String
        let isAppended: Bool
    }

    enum Step {
        case file(File)
        case command(Command)
    }

    /// What a chapter wants of the machine, beside the tools.
    enum Need: String, CaseIterable {
        case root, qemu, shim, xen, python, curl, patch, clickhouse
    }

    let name: String
    let lines: [String]
    let steps: [Step]
    let needs: [Need]

    var commands: [Command] {
        steps.compactMap { step in if case .command(let command) = step { command } else { nil } }
    }

    /// Whether it takes what a machine has once, ports and names of guests: somebody else may run the tests at the same time, in another checkout.
    var takesOfTheMachine: Bool { needs.contains(.root) || needs.contains(.clickhouse) }

    var runCount: Int { commands.count(where: \.isRun) }
    var notRunCount: Int { commands.count - runCount }
    var title: String { String(lines.first?.dropFirst(2) ?? "") }

    /// The page with other outputs, by the commands' lines.
    func recording(_ outputs: [Int: [String]]) -> String {
        var lines = lines
        for command in commands.reversed() {
            if let output = outputs[command.line] { lines.replaceSubrange(command.outputLines, with: output) }
        }
        return lines.joined(separator: "\n")
    }
}
