import Arguments
import Diagnostics
import Files
import Flask
import Glibc
import PolicyCompiler
import SourceFiles

/// One run of the tool: read, compile, report, write.
struct Compilation {
    let arguments: CompileArguments
    let input: String
    private let reader = FileSystemReader()
    private var map = SourceMap()
    private var list: DiagnosticList
    /// What a run without errors made.
    var result: RunResult?
    /// What is said about it on the standard output.
    var summary: String?

    init(_ arguments: CompileArguments, input: String) {
        self.arguments = arguments
        self.input = input
        list = DiagnosticList(errorLimit: arguments.errorLimit)
    }

    /// Runs, and gives the exit status: 0, or 1 when there are errors.
    mutating func run() -> Int32 {
        do throws(ReportedFailure) {
            if arguments.isBinary { try rewrite() } else { try compile() }
        } catch {
            result = nil
            summary = nil
        }
        do throws(FileError) {
            try report()
            if let summary, !arguments.isQuiet, arguments.format == .text, !arguments.writesToStandardOutput, !list.hasErrors {
                try Files.write(Array(summary.utf8), to: STDOUT_FILENO)
            }
        } catch {
            // Where a result was written, what is said of it besides is not what was asked for.
            let isAnswer = arguments.format != .text || arguments.isBinary && arguments.output == nil
            if isAnswer || list.hasErrors {
                tell("error: the answer cannot be written: \(error.reason)\n", STDERR_FILENO)
                return 1
            }
        }
        return list.hasErrors ? 1 : 0
    }

    private mutating func compile() throws(ReportedFailure) {
        let source = try load()
        let output = Compiler.compile(
            source.text, options: options(source), map: &map, macroDiagnostics: source.macroDiagnostics)
        if output.policy == nil, !source.isTree, let tree = NearbyTrees.tree(ofModule: input, reader: reader) {
            throw fail(
                "part-of-tree", "`\(input)` is a part of the policy tree `\(tree)`, and no policy by itself",
                help: "compile the tree: `xsm-compile \(tree)`")
        }
        add(output.diagnostics)
        guard let policy = output.policy else { throw ReportedFailure() }
        // Nothing is written before all is known to be right, and the result last.
        if let language = arguments.decompilesTo {
            let text = try text(of: policy, language)
            if list.hasErrors { throw ReportedFailure() }
            try checkResults(source)
            try emit(source)
            if let path = arguments.output { try write(text, to: path) }
            result = RunResult(arguments.output, text.count, policy, output.releases)
            return
        }
        let image = Compiler.image(of: policy, options: options(source))
        add(image.diagnostics)
        guard let bytes = image.bytes, !list.hasErrors else { throw ReportedFailure() }
        try checkResults(source)
        try emit(source)
        try write(bytes, policy, output.releases, source)
    }

    /// Something failed, and it is in the list.
    struct ReportedFailure: Error {}

    private struct Source {
        let text: MappedText
        let files: [String]
        /// The release whose lists were built in.
        let release: XenRelease?
        let isTree: Bool
        var declaresRolesByTheirTypes = false
        var isSELinux = false
        var isMLS = false
        /// Without errors: what may be silenced in the text.
        var macroDiagnostics: [Diagnostic] = []
    }

    // MARK: Input

    private mutating func load() throws(ReportedFailure) -> Source {
        input != "-" && Files.isDirectory(input) ? try loadTree() : try loadFile()
    }

    private mutating func loadTree() throws(ReportedFailure) -> Source {
        let options = TreeOptions(
            isMLS: arguments.isMLS, definitions: arguments.definitions, modules: arguments.modules,
            release: arguments.release, syncLines: arguments.emit != nil, lints: !arguments.disablesLints)
        let flattened: PolicyTree.Flattened?
        do throws(SourceReadError) {
            flattened = try PolicyTree(at: input, reader: reader)?.flatten(options, reader: reader, map: &map)
        } catch {
            throw fail("unreadable", "`\(error.path)` cannot be read: \(error.reason)", help: nil)
        }
        guard let flattened else {
            throw fail(
                "not-a-tree", "`\(input)` holds no policy tree",
                help: NearbyTrees(input, reader: reader).advice
                    ?? "a tree has `modules/modules.conf`, or `policy/modules.conf` in the form before Xen 4.3")
        }
        guard !flattened.diagnostics.contains(where: { $0.severity == .error }) else {
            add(flattened.diagnostics)
            throw ReportedFailure()
        }
        return Source(
            text: flattened.text, files: flattened.files, release: flattened.release, isTree: true,
            declaresRolesByTheirTypes: flattened.declaresRolesByTheirTypes, isSELinux: flattened.isSELinux,
            isMLS: flattened.isMLS, macroDiagnostics: flattened.diagnostics)
    }

    mutating func inputBytes() throws(ReportedFailure) -> [UInt8] {
        let bytes: [UInt8]?
        do throws(SourceReadError) {
            bytes = try input == "-" ? standardInput() : reader.contents(of: input)
        } catch {
            throw fail("unreadable", "`\(error.path)` cannot be read: \(error.reason)", help: nil)
        }
        if let bytes { return bytes }
        throw Files.isDirectory(input)
            ? fail("no-input", "`\(input)` is a directory", help: "`-b` reads a binary; a policy tree is compiled without it")
            : fail("no-input", "`\(input)` does not exist", help: nil)
    }

    private mutating func loadFile() throws(ReportedFailure) -> Source {
        let bytes = try inputBytes()
        let name = input == "-" ? "<stdin>" : input
        do throws(SourceMap.TooLarge) {
            let file = try map.add(name: name, bytes: bytes)
            return Source(text: MappedText(file), files: input == "-" ? [] : [input], release: nil, isTree: false)
        } catch {
            throw fail("sources-too-large", "`\(name)` is larger than \(error.limit) bytes", help: nil)
        }
    }

    private func standardInput() throws(SourceReadError) -> [UInt8]? {
        do {
            return try Files.standardInput()
        } catch {
            throw SourceReadError(path: "<stdin>", reason: error.reason)
        }
    }

    private func options(_ source: Source) -> CompileOptions {
        let target: Policy.Target? =
            arguments.target ?? (arguments.release != nil ? .xen : source.isTree ? source.isSELinux ? .selinux : .xen : arguments.version != nil ? .selinux : nil)
        var options = CompileOptions(
            target: target, version: arguments.version, release: arguments.release ?? source.release,
            isMLS: arguments.isMLS || source.isMLS, handleUnknown: arguments.handleUnknown, layout: arguments.layout,
            checksAssertions: !arguments.disablesNeverallow, lints: !arguments.disablesLints,
            // CIL is written of the policy as it is; checkpolicy does not optimize it either.
            optimizes: arguments.optimizes && arguments.decompilesTo == nil, sortsContexts: arguments.sortsContexts,
            errorLimit: arguments.errorLimit)
        options.refusesWhatXenRejects = arguments.release != nil
        options.declaresRolesByTheirTypes = source.declaresRolesByTheirTypes
        return options
    }

    // MARK: Diagnostics

    mutating func fail(_ code: Diagnostic.Code, _ message: String, help: String?) -> ReportedFailure {
        list.append(Diagnostic(code, .error, message, at: .unknown, help: help))
        return ReportedFailure()
    }

    mutating func add(_ diagnostics: [Diagnostic]) {
        for diagnostic in diagnostics {
            var diagnostic = diagnostic
            if arguments.warningsAreErrors, diagnostic.severity == .warning,
                Compiler.checkpolicyWarnings.contains(diagnostic.code)
            {
                diagnostic.severity = .error
            }
            list.append(diagnostic)
        }
    }

    /// Messages go to the standard error; JSON and SARIF to the standard output, where a program reads them, unless the
    /// result goes there.
    private func report() throws(FileError) {
        let sorted = list.sorted
        let descriptor = arguments.writesToStandardOutput ? STDERR_FILENO : STDOUT_FILENO
        switch arguments.format {
        case .text:
            guard !list.isEmpty else { return }
            let hasColour = arguments.color == .always || (arguments.color == .auto && Files.mayUseColour(STDERR_FILENO))
            let renderer = TextRenderer(style: hasColour ? .ansi : .plain)
            var text = renderer.render(sorted, in: map) + renderer.summary(of: list.counts)
            if list.isFull { text += "there may be more: `--error-limit 0` looks for all\n".utf8 }
            try Files.write(text + [UInt8(ascii: "\n")], to: STDERR_FILENO)
        case .json:
            let text = JSONRenderer(indented: true).render(
                sorted, in: map, counts: list.counts, isComplete: !list.isFull, result: list.hasErrors ? nil : result)
            try Files.write(text, to: descriptor)
        case .sarif:
            let renderer = SARIFRenderer(
                tool: .init(name: "xsm-compile", version: ToolVersion.current), rules: DiagnosticCatalogue.rules)
            let text = renderer.render(sorted, in: map, isComplete: !list.isFull, result: list.hasErrors ? nil : result)
            try Files.write(text, to: descriptor)
        }
    }

    // MARK: Output

    /// A result must not take the place of a source.
    private mutating func checkResults(_ source: Source) throws(ReportedFailure) {
        let output = arguments.output ?? (arguments.decompilesTo == nil ? defaultOutput(source) : nil)
        for path in [output, arguments.emit, arguments.dependencyFile] {
            guard let path, path != "-", let file = Files.first(of: source.files, thatIs: path) else { continue }
            throw fail("unwritable", "`\(path)` cannot be written: it is the source `\(file)`", help: "write to another file")
        }
    }

    private mutating func emit(_ source: Source) throws(ReportedFailure) {
        if let path = arguments.emit { try write(source.text.bytes, to: path) }
        guard let path = arguments.dependencyFile else { return }
        let target = arguments.output ?? defaultOutput(source) ?? input
        let files = source.files.map(\.escapedForMake)
        var text = target.escapedForMake + ":" + files.map { " \\\n  " + $0 }.joined() + "\n"
        // A file that goes away must not stop make.
        for file in files { text += "\n" + file + ":\n" }
        try write(Array(text.utf8), to: path)
    }

    /// A tree is compiled to a file of the name that Xen's Makefile gives it; a policy.conf without `-o` is only checked.
    private func defaultOutput(_ source: Source) -> String? {
        guard source.isTree else { return nil }
        if source.isSELinux { return "policy" }
        return (arguments.release ?? source.release).map { "xenpolicy-\($0)" } ?? "xenpolicy"
    }

    private mutating func write(
        _ bytes: [UInt8], _ policy: Policy, _ releases: [XenRelease], _ source: Source
    ) throws(ReportedFailure) {
        let path = arguments.output ?? defaultOutput(source)
        if let path { try write(bytes, to: path) }
        result = RunResult(path, bytes.count, policy, releases)
        // The result of a policy.conf goes where it was asked to go, as checkpolicy's does: without a word.
        if path == nil || source.isTree && path != "-" { summary = summary(path, bytes.count, policy, releases) }
    }

    /// Writes a result; `-` is the standard output.
    mutating func write(_ bytes: [UInt8], to path: String) throws(ReportedFailure) {
        do throws(FileError) {
            if path == "-" { try Files.write(bytes, to: STDOUT_FILENO) } else { try Files.write(bytes, to: path) }
        } catch {
            throw fail("unwritable", "`\(error.path)` cannot be written: \(error.reason)", help: nil)
        }
    }
}

extension String {
    /// With what make would take for something else escaped.
    fileprivate var escapedForMake: String {
        flatMap { character -> String in
            switch character {
            case " ", "#": "\\\(character)"
            case "$": "$$"
            default: String(character)
            }
        }.reduce(into: "") { $0.append($1) }
    }
}
