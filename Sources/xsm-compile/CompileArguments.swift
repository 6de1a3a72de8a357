import Arguments
import Files
import Flask
import PolicyCompiler

/// What the command line asks for: checkpolicy's options with checkpolicy's meaning, and our own, which are all long but `-D`, `-q` and `-h`.
struct CompileArguments {
    enum Format: String, CaseIterable { case text, json, sarif }
    enum Colour: String, CaseIterable { case auto, always, never }
    /// What is written instead of a binary.
    enum Language: CaseIterable { case conf, cil }

    var input: String?
    var output: String?
    var target: Policy.Target?
    var version: UInt32?
    var isMLS = false
    var handleUnknown = Policy.HandleUnknown.deny
    var disablesNeverallow = false
    var warningsAreErrors = false
    /// The input is a binary.
    var isBinary = false
    var decompilesTo: Language?
    var optimizes = false
    var sortsContexts = false
    var release: XenRelease?
    var layout = ImageLayout.checkpolicy3_6
    var definitions: [(name: String, value: String)] = []
    var modules = ModuleSelection.asConfigured
    var emit: String?
    var dependencyFile: String?
    var format = Format.text
    var color = Colour.auto
    /// Nil for no limit.
    var errorLimit: Int? = 100
    var disablesLints = false
    /// Nothing is told but what is wrong.
    var isQuiet = false
    /// Of which versions of images the layout is.
    var printsVersion = false
    var printsToolVersion = false
    /// The code to tell more about.
    var explains: String?
    var printsHelp = false

    /// The command line cannot be understood.
    init(_ words: [String]) throws(UsageError) {
        var parser = OptionParser<CompileOption>(words)
        while let item = try parser.next() {
            switch item {
            case .operand(let word):
                guard input == nil else { throw UsageError(message: "there is more than one input: `\(word)`") }
                input = word
            case .option(let option, let value): try set(option, value)
            }
        }
        if printsHelp || printsVersion || printsToolVersion || explains != nil { return }
        try checkLanguage()
        try checkBinary()
        if release != nil, target == .selinux {
            throw UsageError(message: "`--xen-release` is for policies of Xen, and `-t` says SELinux")
        }
    }

    private func checkLanguage() throws(UsageError) {
        if decompilesTo == .conf, !isBinary {
            throw UsageError(message: "`-F` writes the policy.conf of a binary: add `-b`", status: 1)
        }
        if let decompilesTo, output == nil {
            throw UsageError(message: "`\(decompilesTo == .conf ? "-F" : "-C")` writes a text: say where to write it with `-o`")
        }
    }

    private func checkBinary() throws(UsageError) {
        guard isBinary else { return }
        for (isGiven, option) in [
            (emit != nil, "--emit"), (dependencyFile != nil, "--depfile"), (modules != .asConfigured, "--modules"),
            (!definitions.isEmpty, "-D"),
        ] where isGiven {
            throw UsageError(message: "`\(option)` is about sources, and `-b` reads a binary")
        }
    }

    /// What the files that there are forbid.
    func checkFiles() throws(UsageError) {
        guard let input else { return }
        if input == "-" || Files.exists(input) && !Files.isDirectory(input) {
            for (isGiven, option) in [(modules != .asConfigured, "--modules"), (!definitions.isEmpty, "-D")] where isGiven {
                throw UsageError(message: "`\(option)` varies a policy tree, and `\(input)` is a file")
            }
        }
        let results = [("-o", output), ("--emit", emit), ("--depfile", dependencyFile)].compactMap { option, path in
            path.map { (option: option, path: $0) }
        }
        for (index, result) in results.enumerated() {
            if input != "-", result.path != "-", Files.areOne(input, result.path) {
                throw UsageError(message: "`\(result.option)` would write `\(result.path)` over the input")
            }
            for other in results[..<index] {
                guard result.path == "-" ? other.path == "-" : other.path != "-" && Files.areOne(other.path, result.path) else { continue }
                let place = result.path == "-" ? "the standard output" : "`\(result.path)`"
                throw UsageError(message: "`\(other.option)` and `\(result.option)` would both write to \(place)")
            }
        }
    }

    /// Whether a result goes to the standard output, where nothing else may be then.
    var writesToStandardOutput: Bool { [output, emit, dependencyFile].contains("-") }

    private mutating func decompile(to language: Language) throws(UsageError) {
        guard decompilesTo == nil || decompilesTo == language else {
            throw UsageError(message: "`-C` and `-F` cannot be asked for at once", status: 1)
        }
        decompilesTo = language
    }

    private mutating func set(_ option: CompileOption, _ value: String) throws(UsageError) {
        switch option {
        case .output: output = Self.isStandardOutput(value) ? "-" : value
        case .target:
            switch value.lowercased() {
            case "xen": target = .xen
            case "selinux": target = .selinux
            default: throw UsageError(message: "`\(value)` is no target: it is Xen or SELinux")
            }
        case .version:
            guard let number = UInt32(value), (15...35).contains(number) else {
                throw UsageError(message: "`\(value)` is no version from 15 to 35")
            }
            version = number
        case .mls: isMLS = true
        case .handleUnknown:
            switch value.lowercased() {
            case "deny": handleUnknown = .deny
            case "reject": handleUnknown = .reject
            case "allow": handleUnknown = .allow
            default: throw UsageError(message: "`\(value)` is not deny, reject or allow")
            }
        case .disableNeverallow: disablesNeverallow = true
        case .werror: warningsAreErrors = true
        case .binary: isBinary = true
        case .conf: try decompile(to: .conf)
        case .cil: try decompile(to: .cil)
        case .optimize: optimizes = true
        case .sort: sortsContexts = true
        case .printVersion: printsVersion = true
        case .toolVersion: printsToolVersion = true
        case .explain: explains = value
        case .release:
            guard let known = XenRelease(value) else { throw UsageError(message: XenRelease.whyUnknown(value)) }
            release = known
        case .layout:
            switch value {
            case "3.5": layout = .checkpolicy3_5
            case "3.6": layout = .checkpolicy3_6
            default: throw UsageError(message: "`\(value)` is no layout: it is 3.5 or 3.6")
            }
        case .define:
            let parts = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            definitions.append((String(parts[0]), parts.count == 2 ? String(parts[1]) : ""))
        case .modules:
            guard !value.split(separator: ",", omittingEmptySubsequences: false).contains(where: { ["", "+", "-"].contains($0) })
            else {
                throw UsageError(message: "`\(value)` has a module without a name")
            }
            guard let selection = ModuleSelection(value) else {
                throw UsageError(message: "`\(value)` mixes modules with changes: say `a,b` or `+a,-b`")
            }
            modules = selection
        case .emit: emit = Self.isStandardOutput(value) ? "-" : value
        case .depfile: dependencyFile = Self.isStandardOutput(value) ? "-" : value
        case .format: format = try option.choice(value)
        case .color: color = try option.choice(value)
        case .errorLimit: errorLimit = try option.count(value)
        case .quiet: isQuiet = true
        case .noLint: disablesLints = true
        case .help: printsHelp = true
        }
    }

    /// Whether a name is one of those of the standard output.
    private static func isStandardOutput(_ path: String) -> Bool {
        ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].contains(path)
    }
}
