import Arguments
import Commands
import Diagnostics
import Files
import Flask
import Glibc
import PolicyCompiler

/// `xsm-compile`: a policy's source to what a kernel loads.
enum CompileCommand: ToolCommand {
    static let manual = Manual(
        "[OPTION…] INPUT",
        about: """
            Compiles a Flask policy into the binary that Xen loads. INPUT is a policy tree, a Xen checkout that holds one, or a flattened
            policy.conf; `-` is the standard input. A tree needs no option. A policy.conf without `-o` is only checked. One-letter options
            are checkpolicy's and mean what they mean there, so that CHECKPOLICY=xsm-compile works in Xen's Makefile.
            """,
        examples: [
            "the policy of a Xen source tree": "xsm-compile xen",
            "a tree for a release": "xsm-compile Policies/reference --xen-release 4.17 -o xenpolicy",
            "what a message means": "xsm-compile --explain unknown-type",
        ],
        statuses: ["0": "there is no error", "1": "there is one, and nothing is written", "2": "the command line is wrong"])

    static var options: [OptionDescription] { CompileOption.allCases.map { OptionDescription($0) } }

    static var description: ToolDescription { ToolDescription(name: "xsm-compile", summary: "compile a Flask policy", CompileCommand.self) }

    static func kind(of option: OptionDescription) -> WordKind {
        switch option.name {
        case CompileOption.release.name: .choice(XenRelease.all.map(\.description))
        case CompileOption.explain.name: .choice(DiagnosticCatalogue.entries.map(\.code.name))
        case CompileOption.target.name: .choice(["xen", "selinux"])
        default: option.choices.map(WordKind.choice) ?? .file
        }
    }

    static func execute(_ words: [String]) throws(UsageError) -> Int32? {
        let arguments = try CompileArguments(words)
        if arguments.printsHelp { return nil }
        if arguments.printsToolVersion { return description.tellVersion() }
        if arguments.printsVersion {
            // The form that Makefiles take apart.
            let best = arguments.layout == .checkpolicy3_5 ? 33 : 35
            tell("\(arguments.version.map(Int.init) ?? best) (compatibility range \(best)-15)\n", STDOUT_FILENO)
            return 0
        }
        if let code = arguments.explains {
            guard let page = DiagnosticPages.texts[code] else {
                let nearest = DiagnosticCatalogue.nearest(to: code).map { ": did you mean `\($0)`?" } ?? ""
                throw UsageError(message: "there is no message with the code `\(code)`\(nearest)")
            }
            tell(page, STDOUT_FILENO)
            return 0
        }
        guard let input = arguments.input else {
            throw UsageError(message: "there is no input: name a policy tree or a policy.conf")
        }
        try arguments.checkFiles()
        var compilation = Compilation(arguments, input: input)
        return compilation.run()
    }
}
