internal import Diagnostics

// SELinux's reference policy, as its Makefile builds it in one piece: `make MONOLITHIC=y policy.conf`. Its interfaces
// are expanded by themselves first, then the modules; MonolithicSections puts the lines into the order of the grammar.

extension PolicyTree {
    func flattenSELinux<Reader>(
        _ options: TreeOptions, _ loader: consuming TreeLoader<Reader>, map: inout SourceMap
    ) throws(SourceReadError) -> Flattened {
        let configuration = BuildConfiguration(try loader.contents(root.appending(path: "build.conf")))
        var build = MonolithicBuild(
            tree: self, loader: loader,
            definitions: configuration.definitions(usesMLS: options.isMLS) + options.definitions)
        let text = try build.run(options)
        map = build.loader.map
        return Flattened(
            text: text, diagnostics: build.loader.diagnostics, files: build.loader.files, release: nil,
            declaresRolesByTheirTypes: false, isSELinux: true, isMLS: options.isMLS || configuration.isMLS)
    }

    /// Whether a line of the network's list declares something that gets interfaces.
    fileprivate static func declaresNetworkObject(_ line: ArraySlice<UInt8>) -> Bool {
        let text = String(decoding: line, as: UTF8.self)
        let start = text.drop { $0 == " " || $0 == "\t" }
        let kinds = ["interface", "node", "port", "packet"]
        if kinds.contains(where: { start.hasPrefix("network_" + $0) }) { return true }
        return ["ib_pkey(", "ib_endport("].contains { word in
            text.firstRange(of: word).map { text[$0.upperBound...].contains(")") } ?? false
        }
    }
}

/// One run of the monolithic build: four runs of the macro processor, and what is put together between them.
private struct MonolithicBuild<Reader: SourceReader> {
    let tree: PolicyTree
    var loader: TreeLoader<Reader>
    let definitions: [(name: String, value: String)]

    /// The macros of `policy/support`, whose own text is dropped.
    private var support: [SourceFile] = []
    private var divert: [SourceFile] = []
    private var undivert: [SourceFile] = []

    init(tree: PolicyTree, loader: TreeLoader<Reader>, definitions: [(name: String, value: String)]) {
        self.tree = tree
        self.loader = loader
        self.definitions = definitions
    }

    private func path(_ name: String) -> String { tree.root.appending(path: name) }

    mutating func run(_ options: TreeOptions) throws(SourceReadError) -> MappedText {
        divert += try loader.load(path("support/divert.m4"))
        undivert += try loader.load(path("support/undivert.m4"))
        support = divert + (try tree.support(&loader)) + undivert
        let modules = try modules(options)

        var before: [SourceFile] = []
        for name in ["security_classes", "initial_sids", "access_vectors"] {
            before += try loader.load(path("policy/flask/" + name))
        }
        before += support
        for name in ["context_defaults", "mls", "mcs", "policy_capabilities"] {
            before += try loader.load(path("policy/" + name))
        }
        var result = expand(before)
        let generated = try generatedDefinitions()
        var switches = support + generated
        for name in ["global_booleans", "global_tunables"] { switches += try loader.load(path("policy/" + name)) }
        var after = support + generated
        for name in ["users", "constraints"] { after += try loader.load(path("policy/" + name)) }

        let interfaces = try interfaces(modules.enabled + modules.disabled)
        var rules = support + generated
        rules += interfaces
        for module in modules.enabled { rules += try source(module, "te") }
        rules += try loader.load(path("support/fatal_error.m4"))
        var sections = MonolithicSections(expand(rules, syncLines: options.syncLines))
        sections.appendDeclarations(to: &result)
        append(expand(switches), to: &result)
        var end = MappedText()
        sections.appendUsers(to: &end)
        append(expand(after), to: &end)
        sections.appendContexts(to: &end)
        // The text is as the Makefile makes it where somebody is going to see it.
        if options.syncLines {
            sections.appendRules(to: &result)
        } else {
            var rules = sections.takeRules()
            rules.prepend(result)
            result = rules
        }
        append(end, to: &result)
        return result
    }

    private func append(_ text: MappedText, to result: inout MappedText) {
        result.append(text, 0..<text.bytes.count)
    }

    /// One call of m4.
    private mutating func expand(
        _ inputs: [SourceFile], isConfigured: Bool = true, syncLines: Bool = false
    ) -> MappedText {
        loader.expand(
            inputs,
            .init(
                definitions: isConfigured ? definitions : [], syncLines: syncLines, warningsAreErrors: true,
                directory: tree.root))
    }

    // MARK: Modules

    /// A module and the path of its files, without their endings.
    struct Module {
        let name: String
        let path: String
    }

    /// The modules that modules.conf puts into the policy, those of the base first, and all others of the layers.
    private mutating func modules(
        _ options: TreeOptions
    ) throws(SourceReadError) -> (enabled: [Module], disabled: [Module]) {
        var paths: [(name: String, path: String)] = []
        let directory = path("policy/modules")
        for layer in try loader.reader.entries(of: directory) ?? [] {
            let layerPath = directory.appending(path: layer)
            for name in try loader.reader.entries(of: layerPath) ?? [] {
                for ending in [".te", ".te.in"] where name.hasSuffix(ending) {
                    let module = String(name.dropLast(ending.utf8.count))
                    if paths.last?.name != module { paths.append((module, layerPath.appending(path: module))) }
                }
            }
        }
        let known = Dictionary(paths.map { ($0.name, $0.path) }) { first, _ in first }
        let configured = try tree.configuredModules(options, &loader)
        var enabled: [Module] = []
        for name in configured.enabled {
            if let path = known[name] {
                enabled.append(Module(name: name, path: path))
            } else {
                loader.reportMissing(name, directory.appending(path: "*/\(name).te"), paths.map(\.name))
            }
        }
        let isEnabled = Set(configured.enabled)
        let off = Set(configured.off).subtracting(isEnabled)
        let named = off.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
        var disabled = named.compactMap { name in known[name].map { Module(name: name, path: $0) } }
        let others = paths.filter { !isEnabled.contains($0.name) && !off.contains($0.name) }
            .sorted { Array(($0.path + ".te").utf8).lexicographicallyPrecedes(Array(($1.path + ".te").utf8)) }
        disabled += others.map { Module(name: $0.name, path: $0.path) }
        return (enabled, disabled)
    }

    /// A module's file. Those about the network are made of lists; the Makefile makes a file of them.
    private mutating func source(_ module: Module, _ ending: String) throws(SourceReadError) -> SourceFile? {
        let file = "\(module.path).\(ending)"
        guard module.name == "corenetwork", let list = try loader.load(file + ".in"), let macros = try loader.load(file + ".m4")
        else {
            return try loader.load(file)
        }
        var text = MappedText()
        text.append(
            """
            #
            # This is a generated file!  Instead of modifying this file, the
            # corenetwork.\(ending).in or corenetwork.\(ending).m4 file should be modified.
            #

            """.utf8)
        if ending == "te" {
            append(expand(divert + [macros] + undivert + [list]).replacingParameters(), to: &text)
        } else {
            text.append(MappedText(list), 0..<list.bytes.count)
            var uses: [SourceFile] = []
            if let all = try loader.load("\(module.path).te.in") {
                uses += loader.add("", made: MappedText(all).lines(where: PolicyTree.declaresNetworkObject))
            }
            append(expand(divert + [macros] + undivert + uses).replacingParameters(), to: &text)
        }
        return loader.add(file, made: text)
    }

    // MARK: What the Makefile generates

    /// The interfaces of all modules, expanded: each is a macro then.
    private mutating func interfaces(_ modules: [Module]) throws(SourceReadError) -> SourceFile? {
        var inputs = support
        for module in modules { inputs += try source(module, "if") }
        inputs += try loader.load(path("support/iferror.m4"))
        let expanded = expand(inputs, isConfigured: false)
        var text = MappedText()
        text.reserveCapacity(bytes: expanded.bytes.count + 100, runs: expanded.runs.count + 100)
        for file in divert { text.append(MappedText(file), 0..<file.bytes.count) }
        append(expanded.replacing("dollarsstar", by: "$*"), to: &text)
        for file in undivert { text.append(MappedText(file), 0..<file.bytes.count) }
        return loader.add("tmp/all_interfaces.conf", made: text)
    }

    /// Macros for the permissions of each class, and for the values of booleans.
    private mutating func generatedDefinitions() throws(SourceReadError) -> [SourceFile] {
        var text = divert.flatMap(\.bytes)
        let classes = ClassLists(
            accessVectors: try loader.contents(path("policy/flask/access_vectors")),
            securityClasses: try loader.contents(path("policy/flask/security_classes")))
        text += classes.macros.utf8
        if let booleans = try loader.reader.contents(of: path("policy/booleans.conf")) {
            loader.noteFile(path("policy/booleans.conf"))
            for line in String(decoding: booleans, as: UTF8.self).split(whereSeparator: \.isNewline) {
                let compact = line.filter { $0 != " " && $0 != "\t" }
                guard let first = compact.first, first.isASCII, first.isLetter else { continue }
                let fields = compact.split(separator: "=", omittingEmptySubsequences: false)
                text += "define(`\(fields[0])_conf',`\(fields.count > 1 ? fields[1] : "")')\n".utf8
            }
        }
        text += undivert.flatMap(\.bytes)
        return [loader.add("tmp/generated_definitions.conf", text)].compactMap(\.self)
    }
}
