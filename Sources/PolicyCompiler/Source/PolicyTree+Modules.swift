import Diagnostics
import Spelling

// modules.conf says which modules take part: `name = on`, and in SELinux's tree and OpenXT's `name = base`.

extension PolicyTree {
    /// The modules that take part, in the order of the file.
    func enabledModules<Reader>(
        _ options: TreeOptions, _ loader: inout TreeLoader<Reader>
    ) throws(SourceReadError) -> [String] {
        loader.namedModules = options.modules.added
        var modules: [String] = []
        if case .only = options.modules {} else {
            let lines = try moduleLines(&loader)
            loader.checkRemoved(options.modules, lines.map(\.name), modulesFile)
            modules = lines.filter { $0.value != states.last && states.contains($0.value) }.map(\.name)
            if options.lints { try reportUnlisted(besides: Set(lines.map(\.name) + options.modules.added), &loader) }
        }
        modules = options.modules.apply(to: modules)
        if modules.isEmpty { loader.reportNoModules(modulesFile) }
        return modules
    }

    /// For SELinux's tree: the modules of the base policy, then others, each by name; and those that are off.
    func configuredModules<Reader>(
        _ options: TreeOptions, _ loader: inout TreeLoader<Reader>
    ) throws(SourceReadError) -> (enabled: [String], off: [String]) {
        loader.namedModules = options.modules.added
        let lines = try moduleLines(&loader)
        loader.checkRemoved(options.modules, lines.map(\.name), modulesFile)
        func sorted(_ value: String) -> [String] {
            Set(lines.filter { $0.value == value }.map(\.name)).sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
        }
        let enabled = options.modules.apply(to: sorted("base") + sorted("module"))
        if enabled.isEmpty { loader.reportNoModules(modulesFile) }
        return (enabled, sorted("off"))
    }

    /// What may be said about a module; the last keeps it out. OpenXT's tree, like SELinux's, sorts modules into those of
    /// the base policy and others.
    private var states: [String] {
        form == .selinux || form == .sorted(interfacesAreExpanded: true) ? ["base", "module", "off"] : ["on", "off"]
    }

    /// The names of the modules that have files.
    func moduleNames(_ reader: some SourceReader) throws(SourceReadError) -> [String] { try ruleFiles(reader).map(\.module) }

    /// The modules' files of rules.
    private func ruleFiles(_ reader: some SourceReader) throws(SourceReadError) -> [(module: String, path: String)] {
        var folders = [root.appending(path: "modules")]
        if form != .separate {
            let layers = root.appending(path: "policy/modules")
            folders = try (reader.entries(of: layers) ?? []).map { layers.appending(path: $0) }
        }
        var files: [(module: String, path: String)] = []
        for folder in folders {
            // A name that begins with a dot is an editor's.
            for name in try reader.entries(of: folder) ?? [] where name.hasSuffix(".te") && !name.hasPrefix(".") {
                files.append((String(name.dropLast(3)), folder.appending(path: name)))
            }
        }
        return files
    }

    /// Tells of files that no line of modules.conf names: the Makefiles leave them out without a word.
    private func reportUnlisted<Reader>(besides listed: Set<String>, _ loader: inout TreeLoader<Reader>) throws(SourceReadError) {
        for file in try ruleFiles(loader.reader) where !listed.contains(file.module) {
            loader.report(
                Diagnostic(
                    "unlisted-module", .warning,
                    "`\(file.path)` is not in the policy: no line of `\(modulesFile)` names module `\(file.module)`", at: .unknown,
                    help: "write `\(file.module) = \(states[0])` there, or `\(file.module) = off` to leave it out"))
        }
    }

    /// The lines `name = value` of modules.conf. The Makefiles read them with awk: three words, of which the second may be
    /// anything.
    private func moduleLines<Reader>(
        _ loader: inout TreeLoader<Reader>
    ) throws(SourceReadError) -> [(name: String, value: String)] {
        guard let file = try loader.load(modulesFile) else { return [] }
        var modules: [(name: String, value: String)] = []
        for line in file.bytes.split(separator: UInt8(ascii: "\n")) {
            let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
            guard let first = words.first?.first, (first | 0x20) >= UInt8(ascii: "a"), (first | 0x20) <= UInt8(ascii: "z") else {
                continue
            }
            func span(_ word: ArraySlice<UInt8>) -> Span {
                Span(start: file.start.advanced(by: word.startIndex), length: word.count)
            }
            let name = String(decoding: words[0], as: UTF8.self)
            guard words.count >= 3 else {
                loader.reportModuleLine(name, span(words[0]), states)
                continue
            }
            let value = String(decoding: words[2], as: UTF8.self)
            if !states.contains(value) { loader.reportState(name, value, span(words[2]), states) }
            modules.append((name, value))
            loader.modulePlaces[name] = span(words[0])
        }
        return modules
    }
}

extension TreeLoader {
    private static func list(_ states: [String]) -> String {
        states.dropLast().map { "`\($0)`" }.joined(separator: ", ") + " or `\(states.last ?? "")`"
    }

    fileprivate mutating func reportModuleLine(_ word: String, _ span: Span, _ states: [String]) {
        let name = word.prefix { $0 != "=" }
        report(
            Diagnostic(
                "unknown-module-state", .warning, "this line does not say what module `\(name)` is, which stays out of the policy",
                at: span, help: "write `\(name) = \(states[0])` or `\(name) = off`, with blanks around `=`"))
    }

    fileprivate mutating func reportState(_ name: String, _ value: String, _ span: Span, _ states: [String]) {
        let nearest = Spelling.guess(value, among: states)
        report(
            Diagnostic(
                "unknown-module-state", .warning,
                "module `\(name)` is `\(value)`, which means nothing: it stays out of the policy", at: span,
                help: nearest == nil ? "write \(Self.list(states))" : nil,
                suggestion: nearest.map { Diagnostic.Suggestion(span, $0.name) }))
    }

    /// A module that is to be switched off must be there.
    fileprivate mutating func checkRemoved(_ selection: ModuleSelection, _ known: [String], _ path: String) {
        guard case .changed(_, let off) = selection else { return }
        for name in off where !known.contains(name) {
            let nearest = Spelling.guess(name, among: known)
            report(
                Diagnostic(
                    "unknown-module", .error, "`--modules` switches off `\(name)`, which `\(path)` does not name", at: .unknown,
                    help: nearest?.question ?? "leave it out: only modules that are on can be switched off"))
        }
    }

    mutating func reportMissing(_ module: String, _ path: String, _ known: [String]) {
        let nearest = Spelling.guess(module, among: known.filter { $0 != module })
        let isNamed = namedModules.contains(module)
        report(
            Diagnostic(
                "missing-module", .error, "module `\(module)` is enabled, but `\(path)` does not exist",
                at: isNamed ? .unknown : modulePlaces[module] ?? .unknown,
                notes: isNamed ? ["`--modules` enables it"] : [],
                help: isNamed
                    ? nearest?.question ?? "every enabled module has a .te file, which may be empty"
                    : "every enabled module has a .te file, which may be empty; switch the module off in modules.conf if it is gone"))
    }

    mutating func reportNoModules(_ path: String) {
        report(
            Diagnostic(
                "no-modules", .error, "no module of the tree is enabled, so that the policy has no types and no rules",
                at: .unknown, help: "switch modules on by lines such as `dom0 = on` in `\(path)`"))
    }
}
