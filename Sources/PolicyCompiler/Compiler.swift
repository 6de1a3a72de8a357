public import Diagnostics
public import Flask

/// Compiles the text of a policy.
public enum Compiler {
    /// What came of a compilation.
    public struct Output: Sendable {
        /// The policy; nil when there are errors.
        public let policy: Policy?
        /// The releases of Xen whose tables the policy fits, oldest first; empty for SELinux.
        public let releases: [XenRelease]
        public let diagnostics: [Diagnostic]
        /// Where the policy's facts were written, if that was asked for and there are no errors.
        public var origins: StatementOrigins?
    }

    /// An image and what was said while it was made; no bytes when there are errors.
    public struct Image: Sendable {
        public let bytes: [UInt8]?
        public let diagnostics: [Diagnostic]
    }

    /// What checkpolicy itself warns about: its option `-E` makes these errors, and no others.
    public static let checkpolicyWarnings: Set<Diagnostic.Code> = [
        "conflicting-expandattribute", "dontaudit-complement", "empty-permissions", "role-dominance",
        "mask-not-contiguous", "host-bits-set", "matches-every-address",
    ]

    /// Compiles a flattened policy: one text in the order that the grammar wants, macros expanded. Line markers of the
    /// text are added to `map`. What was said while macros were expanded can be silenced in the text as well, and is part
    /// of what is said here.
    public static func compile(
        _ text: MappedText, options: CompileOptions, map: inout SourceMap, macroDiagnostics: [Diagnostic] = [], keepsOrigins: Bool = false
    ) -> Output {
        let dialect = Dialect(layout: options.layout)
        var log = DiagnosticLog(errorLimit: options.errorLimit)
        let syntax = Parser.parse(
            text, dialect: dialect, isMLS: options.isMLS, map: map, diagnostics: &log)
        let goal = Goal(options, syntax)
        let resolution = Resolver.resolve(
            syntax, text, map: map, dialect: dialect, goal: goal, options: options, diagnostics: &log)
        let checker = ReleaseChecker(syntax: syntax, text: text, resolution: resolution)
        let fitting = goal.target == .xen ? checker.fittingReleases() : []
        let version = goal.version ?? fitting.last?.policyVersion ?? 30
        var releases = fitting.filter { $0.loads(version: version, target: goal.target) }
        if goal.target == .xen, let release = options.release { checker.check(release, version: version, &log) }
        var search = Silences.Search.partial
        func output(_ policy: Policy?) -> Output {
            addLineMarkers(for: log.diagnostics, syntax, text, &map)
            var silences = Silences(syntax, text, map)
            let diagnostics = silences.apply(to: macroDiagnostics + log.diagnostics, after: search)
            return Output(policy: log.hasErrors ? nil : policy, releases: releases, diagnostics: diagnostics)
        }
        guard !log.hasErrors else { return output(nil) }
        let result = Expander.expand(
            syntax, text, resolution, target: goal.target, version: version, options: options, diagnostics: &log)
        // What expansion objected to says nothing about what the rules allow.
        if options.checksAssertions, !result.isCut { check(syntax, text, map, resolution, result, &log) }
        var rejections = RejectionChecker()
        if goal.target == .xen, !log.hasErrors {
            rejections = RejectionChecker(result.policy, isError: options.refusesWhatXenRejects)
            if !rejections.isEmpty { releases = [] }
        }
        var lints: [Diagnostic] = []
        if options.lints, !log.hasErrors {
            var linter = Linter(syntax, text, resolution, result, options, map)
            linter.lint()
            if goal.target == .xen, options.release == nil, releases.isEmpty, rejections.isEmpty || fitting.isEmpty {
                checker.warnIfNothingFits(fitting, version: version, &log)
            }
            lints = rejections.weighed(linter.diagnostics)
            for diagnostic in lints { log.report(diagnostic) }
            if goal.target == .xen, !linter.isFlattened {
                let withoutRelease: Set<Diagnostic.Code> = options.release == nil ? [] : ["fits-no-release"]
                search = .complete(without: linter.unsought.union(withoutRelease))
            }
        }
        if options.lints || options.refusesWhatXenRejects {
            for diagnostic in rejections.diagnostics(besides: lints, fits: !fitting.isEmpty) { log.report(diagnostic) }
        }
        guard !log.hasErrors else { return output(nil) }
        var policy = result.policy
        if options.optimizes {
            do throws(PolicyOptimizationError) {
                try policy.removeRedundantRules()
            } catch {
                let diagnostic = error.diagnostic
                log.report(.error, diagnostic.code, diagnostic.message, at: .unknown, help: diagnostic.help)
            }
        }
        if options.sortsContexts { policy.sortContexts() }
        var output = output(policy)
        if keepsOrigins { output.origins = StatementOrigins(syntax, text, resolution, result) }
        return output
    }

    /// Writes the image of a compiled policy.
    public static func image(of policy: Policy, options: CompileOptions) -> Image {
        image(of: policy, layout: options.layout, ruleTable: .compiled)
    }

    /// Writes the image of a policy whose rules stand in a table of the given size.
    public static func image(of policy: Policy, layout: ImageLayout, ruleTable: RuleTableSize) -> Image {
        do {
            let image = try ImageWriter.write(policy, layout: layout, ruleTable: ruleTable)
            return Image(bytes: image.bytes, diagnostics: image.omissions.map(\.diagnostic))
        } catch {
            return Image(bytes: nil, diagnostics: [error.diagnostic])
        }
    }

    /// Adds the markers that govern the places to be shown and the comments about them: a flattened policy has hundreds of
    /// thousands, and few places are shown. Text that macros made knows its places without markers.
    private static func addLineMarkers(
        for diagnostics: [Diagnostic], _ syntax: Syntax, _ text: MappedText, _ map: inout SourceMap
    ) {
        guard text.runs.count == 1, let start = text.runs.first?.position else { return }
        for remark in syntax.remarks { addLineMarker(governing: remark.lowerBound, start, syntax, text, &map) }
        for diagnostic in diagnostics {
            for span in [diagnostic.primary] + diagnostic.labels.map(\.span) where span.start >= start {
                addLineMarker(governing: Int(span.start.rawValue - start.rawValue), start, syntax, text, &map)
            }
        }
    }

    /// The same for the places of statements, in ascending order: those of a whole policy, so that each marker is read once.
    static func addLineMarkers(governing offsets: [Int], _ syntax: Syntax, _ text: MappedText, _ map: inout SourceMap) {
        guard text.runs.count == 1, let start = text.runs.first?.position else { return }
        var index = 0
        var file = map.file(at: start)?.name
        var latest: LineMarker?
        for offset in offsets {
            while index < syntax.lineMarkers.count, Int(syntax.lineMarkers[index]) < offset {
                if let marker = LineMarker(text.bytes, at: Int(syntax.lineMarkers[index])) {
                    latest = marker
                    file = marker.file ?? file
                }
                index += 1
            }
            if let latest, let file { map.addLineMarker(at: start.advanced(by: latest.offset), file: file, line: latest.line) }
        }
    }

    private static func addLineMarker(
        governing offset: Int, _ start: SourcePosition, _ syntax: Syntax, _ text: MappedText, _ map: inout SourceMap
    ) {
        var index = syntax.lineMarkers.partitioningIndex { Int($0) >= offset }
        var found: LineMarker?
        while index > 0 {
            index -= 1
            guard let marker = LineMarker(text.bytes, at: Int(syntax.lineMarkers[index])) else { continue }
            found = found ?? marker
            // A marker without a file is about the file of the marker before it.
            if marker.file != nil || index == 0 {
                guard let found, let file = marker.file ?? map.file(at: start)?.name else { return }
                map.addLineMarker(at: start.advanced(by: found.offset), file: file, line: found.line)
                return
            }
        }
    }

    private static func check(
        _ syntax: Syntax, _ text: MappedText, _ map: SourceMap, _ resolution: Resolution, _ result: Expander.Result,
        _ log: inout DiagnosticLog
    ) {
        let index = AllowIndex(result.policy, result.expansion)
        var bounds = BoundsChecker(syntax, text, resolution, result.policy, index, log)
        bounds.check()
        var assertions = AssertionChecker(syntax, text, map, resolution, result, index, bounds.diagnostics)
        assertions.check()
        log = assertions.diagnostics
    }
}

extension Array {
    /// The first index whose element fulfils a condition that holds for it and all that follow.
    func partitioningIndex(_ holds: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
