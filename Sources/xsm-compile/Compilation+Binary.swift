import Diagnostics
import Flask
import Glibc
import PolicyCompiler

// What checkpolicy's option -b does: the input is a binary.

extension Compilation {
    /// Reads the binary, and writes it again or as a text.
    mutating func rewrite() throws(ReportedFailure) {
        let output = try readImage()
        var policy = output.policy
        try checkMLS(policy)
        try chooseVersion(for: &policy)
        try check(output, writtenAs: policy.version)
        policy = policy.reread()
        // Images of these versions do not name attributes, even where a policy has none.
        if arguments.decompilesTo != nil, (20...23).contains(policy.version) {
            add([DecompilationError.namelessAttributes(version: policy.version).diagnostic])
            throw ReportedFailure()
        }
        if arguments.optimizes { try optimize(&policy, output.ruleTable) }
        if let language = arguments.decompilesTo {
            let text = try text(of: policy, language)
            if let path = arguments.output { try write(text, to: path) }
            result = RunResult(arguments.output, text.count, policy, Compiler.fittingReleases(of: output.policy))
            return
        }
        if arguments.sortsContexts { policy.sortContexts() }
        guard let path = arguments.output else {
            let releases = Compiler.fittingReleases(of: output.policy)
            result = RunResult(nil, output.byteCount, output.policy, releases)
            summary = summary(nil, output.byteCount, output.policy, releases)
            return
        }
        let image = Compiler.image(of: policy, layout: arguments.layout, ruleTable: output.ruleTable)
        add(image.diagnostics)
        guard let bytes = image.bytes else { throw ReportedFailure() }
        try write(bytes, to: path)
        result = RunResult(path, bytes.count, policy, Compiler.fittingReleases(of: policy))
    }

    /// What the binary holds, and how long it is.
    private struct Input {
        let policy: Policy
        let ruleTable: RuleTableSize
        let trailingByteCount: Int
        let byteCount: Int
    }

    private mutating func readImage() throws(ReportedFailure) -> Input {
        let bytes = try inputBytes()
        do throws(ImageReadError) {
            let output = try ImageReader.read(bytes)
            return Input(
                policy: output.policy, ruleTable: output.ruleTable, trailingByteCount: output.trailingByteCount,
                byteCount: bytes.count)
        } catch {
            throw fail(
                "invalid-image", "`\(input)` is no policy that can be read: \(error)",
                help: error.xenMessage.map { "Xen prints `\($0)`" })
        }
    }

    private mutating func checkMLS(_ policy: Policy) throws(ReportedFailure) {
        guard policy.isMLS != arguments.isMLS else { return }
        throw fail(
            "mls-mismatch", policy.isMLS ? "the policy has MLS" : "the policy has no MLS",
            help: policy.isMLS ? "add `-M`" : "leave `-M` out")
    }

    /// Says what Xen has against the policy, in the version in which it will be.
    private mutating func check(_ input: Input, writtenAs version: UInt32) throws(ReportedFailure) {
        var diagnostics: [Diagnostic] = []
        if input.trailingByteCount > 0, !arguments.disablesLints {
            diagnostics.append(
                Diagnostic(
                    "trailing-bytes", .warning, "\(input.trailingByteCount) bytes follow the policy: kernels ignore them",
                    at: .unknown))
        }
        var policy = input.policy
        if let release = arguments.release {
            if arguments.output != nil, arguments.decompilesTo == nil { policy.version = version }
            diagnostics += Compiler.check(policy, for: release)
        } else if !arguments.disablesLints {
            diagnostics += Compiler.check(policy, for: nil)
        }
        add(diagnostics)
        if diagnostics.contains(where: { $0.severity == .error }) { throw ReportedFailure() }
    }

    /// Images up to version 23 do not hold what later ones need. Later ones are written in the version asked for, or
    /// in the best; Xen's, for which checkpolicy has no best, in their own.
    private mutating func chooseVersion(for policy: inout Policy) throws(ReportedFailure) {
        if policy.version <= 23 {
            guard let version = arguments.version else { return }
            if version > policy.version {
                add([
                    Diagnostic(
                        "not-upgraded", .warning, "version \(policy.version) cannot be upgraded: it stays", at: .unknown,
                        notes: ["images up to version 23 do not hold what later ones need"])
                ])
            } else {
                policy.version = version
            }
        } else if let version = arguments.version {
            policy.version = version
        } else if policy.target == .selinux {
            policy.version = arguments.layout == .checkpolicy3_5 ? 33 : 35
        }
    }

    private mutating func optimize(_ policy: inout Policy, _ table: RuleTableSize) throws(ReportedFailure) {
        do throws(PolicyOptimizationError) {
            try policy.removeRedundantRules(ruleTable: table)
        } catch {
            add([error.diagnostic])
            throw ReportedFailure()
        }
    }

    mutating func text(
        of policy: Policy, _ language: CompileArguments.Language
    ) throws(ReportedFailure) -> [UInt8] {
        do throws(DecompilationError) {
            switch language {
            case .conf: return try PolicyConfPrinter.text(of: policy, layout: arguments.layout)
            case .cil: return try CILPrinter.text(of: policy)
            }
        } catch {
            add([error.diagnostic])
            throw ReportedFailure()
        }
    }
}
