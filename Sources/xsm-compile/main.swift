import Arguments
import Files
import Flask
import Glibc
import PolicyCompiler

do throws(UsageError) {
    let arguments = try CompileArguments(Array(CommandLine.arguments.dropFirst()))
    if arguments.printsHelp {
        tell(CompileOption.usage, STDOUT_FILENO)
        exit(0)
    }
    if arguments.printsVersion {
        // The form that Makefiles take apart.
        let best = arguments.layout == .checkpolicy3_5 ? 33 : 35
        tell("\(arguments.version.map(Int.init) ?? best) (compatibility range \(best)-15)\n", STDOUT_FILENO)
        exit(0)
    }
    if let code = arguments.explains {
        guard let page = DiagnosticPages.texts[code] else {
            let nearest = DiagnosticCatalogue.nearest(to: code).map { ": did you mean `\($0)`?" } ?? ""
            throw UsageError(message: "there is no message with the code `\(code)`\(nearest)")
        }
        tell(page, STDOUT_FILENO)
        exit(0)
    }
    guard let input = arguments.input else {
        throw UsageError(message: "there is no input: name a policy tree or a policy.conf")
    }
    try arguments.checkFiles()
    var compilation = Compilation(arguments, input: input)
    exit(compilation.run())
} catch {
    tell("error: \(error.message)\nsee `xsm-compile --help`\n", STDERR_FILENO)
    exit(error.status)
}
