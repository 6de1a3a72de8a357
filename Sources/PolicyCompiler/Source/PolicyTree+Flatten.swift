public import Diagnostics
public import Flask

extension PolicyTree {
    /// A tree's text in one piece, macros expanded.
    public struct Flattened: Sendable {
        public let text: MappedText
        public let diagnostics: [Diagnostic]
        /// Every file that was read, for a make dependency file.
        public let files: [String]
        /// The release whose lists are built in; nil when the tree has its own.
        public let release: XenRelease?
        /// See ``CompileOptions/declaresRolesByTheirTypes``.
        public let declaresRolesByTheirTypes: Bool
        /// Whether it is a policy for Linux: SELinux's reference policy.
        public let isSELinux: Bool
        /// Whether the policy has levels, because that was asked for or because the tree's configuration says so.
        public let isMLS: Bool
    }

    /// Reads the tree and expands its macros, as its Makefile does with m4.
    public func flatten(
        _ options: TreeOptions, reader: some SourceReader, map: inout SourceMap
    ) throws(SourceReadError) -> Flattened {
        var loader = TreeLoader(reader: reader, map: map)
        if form == .selinux { return try flattenSELinux(options, loader, map: &map) }
        let modules = try enabledModules(options, &loader)
        let release = needsVocabulary ? options.release ?? XenRelease.newest : options.release
        let inputs = try inputs(modules, release, options, &loader)
        let text = loader.expand(inputs, macroOptions(options, release))
        map = loader.map
        return Flattened(
            text: text, diagnostics: loader.diagnostics, files: loader.files,
            release: needsVocabulary ? release : nil, declaresRolesByTheirTypes: declaresRolesByTheirTypes,
            isSELinux: false, isMLS: options.isMLS)
    }

    /// The files of a tree of Xen's, in the order in which its Makefile gives them to m4.
    func inputs<Reader>(
        _ modules: [String], _ release: XenRelease?, _ options: TreeOptions, _ loader: inout TreeLoader<Reader>
    ) throws(SourceReadError) -> [SourceFile] {
        switch form {
        case .separate, .layered: try separateInputs(modules, release, &loader)
        case .nested: try nestedInputs(modules, &loader)
        case .sorted(let interfacesAreExpanded): try sortedInputs(modules, interfacesAreExpanded, options, &loader)
        case .selinux: []
        }
    }

    func macroOptions(_ options: TreeOptions, _ release: XenRelease?) -> MacroProcessor.Options {
        var definitions: [(name: String, value: String)] = [("self_contained_policy", "")]
        if options.isMLS { definitions.append(("enable_mls", "")) }
        definitions += [("mls_num_sens", "16"), ("mls_num_cats", "256")]
        if case .sorted = form { definitions.append(("hide_broken_symptoms", "")) }
        // Only a tree that takes its lists from here can ask for the release.
        if needsVocabulary, let vocabulary = release.flatMap({ Vocabulary(of: $0) }) {
            definitions += vocabulary.macroDefinitions
        }
        // The Makefiles run m4 in the tree.
        return MacroProcessor.Options(
            definitions: definitions + options.definitions, syncLines: options.syncLines, directory: root)
    }

    // MARK: Xen since 4.3

    private func separateInputs<Reader>(
        _ modules: [String], _ release: XenRelease?, _ loader: inout TreeLoader<Reader>
    ) throws(SourceReadError) -> [SourceFile] {
        var inputs: [SourceFile] = []
        let lists = hypervisor == nil ? release.flatMap { Vocabulary(of: $0) } : nil
        func list(_ name: String, _ text: (Vocabulary) -> String) throws(SourceReadError) {
            if let lists {
                inputs += loader.add("xen-\(lists.release)/\(name)", text(lists))
            } else if let hypervisor {
                inputs += try loader.load(hypervisor.appending(path: name))
            }
        }
        try list("security_classes", \.securityClassesText)
        inputs += try loader.load(root.appending(path: "policy/security_classes"))
        try list("initial_sids", \.initialSIDsText)
        try list("access_vectors", \.accessVectorsText)
        inputs += try loader.load(root.appending(path: "policy/access_vectors"))
        inputs += try support(&loader)
        inputs += try loader.load(root.appending(path: "policy/mls"))
        let files =
            form == .layered
            ? try moduleFiles(modules, &loader) : modules.map { root.appending(path: "modules/\($0)") }
        for file in files { inputs += try loader.load(file + ".if") }
        inputs += try loader.load(root.appending(path: "policy/global_tunables"))
        for (module, path) in zip(modules, files) {
            let file = try loader.load(path + ".te")
            if file == nil { loader.reportMissing(module, path + ".te", try moduleNames(loader.reader)) }
            inputs += file
        }
        inputs += try loader.load(root.appending(path: "policy/users"))
        if form == .layered { inputs += try loader.load(root.appending(path: "policy/constraints")) }
        for file in files where form == .separate { inputs += try loader.load(file + ".cons") }
        inputs += try loader.load(root.appending(path: "policy/initial_sids"))
        inputs += try loader.load(root.appending(path: "policy/device_contexts"))
        return inputs
    }

    func support<Reader>(_ loader: inout TreeLoader<Reader>) throws(SourceReadError) -> [SourceFile] {
        let directory = root.appending(path: "policy/support")
        var files: [SourceFile] = []
        for name in try loader.reader.entries(of: directory) ?? [] where name.hasSuffix(".spt") {
            files += try loader.load(directory.appending(path: name))
        }
        return files
    }

    // MARK: Xen 4.2

    private func nestedInputs<Reader>(
        _ modules: [String], _ loader: inout TreeLoader<Reader>
    ) throws(SourceReadError) -> [SourceFile] {
        let files = try moduleFiles(modules, &loader)
        var inputs: [SourceFile] = []
        for path in ["flask/security_classes", "flask/initial_sids", "flask/access_vectors"] {
            inputs += try loader.load(root.appending(path: "policy/" + path))
        }
        inputs += try support(&loader)
        inputs += try loader.load(root.appending(path: "policy/mls"))
        for file in files { inputs += try loader.load(file + ".if") }
        inputs += try loader.load(root.appending(path: "policy/global_booleans"))
        inputs += try loader.load(root.appending(path: "policy/global_tunables"))
        for file in files { inputs += try loader.load(file + ".te") }
        for path in ["users", "constraints", "initial_sids"] {
            inputs += try loader.load(root.appending(path: "policy/" + path))
        }
        return inputs
    }

    /// The paths, without their endings, of the enabled modules in their layers, ordered by path.
    func moduleFiles<Reader>(
        _ modules: [String], _ loader: inout TreeLoader<Reader>
    ) throws(SourceReadError) -> [String] {
        let directory = root.appending(path: "policy/modules")
        var files: [String] = []
        for layer in try loader.reader.entries(of: directory) ?? [] {
            let path = directory.appending(path: layer)
            for name in try loader.reader.entries(of: path) ?? [] where name.hasSuffix(".te") {
                let module = String(name.dropLast(3))
                if modules.contains(module) { files.append(path.appending(path: module)) }
            }
        }
        for module in modules where !files.contains(where: { $0.hasSuffix("/" + module) }) {
            loader.reportMissing(module, directory.appending(path: "*/\(module).te"), try moduleNames(loader.reader))
        }
        return files.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    }
}

extension [SourceFile] {
    static func += (files: inout [SourceFile], file: SourceFile?) {
        if let file { files.append(file) }
    }
}

/// Reads the files of a tree and keeps the books: which files there were, and what was missing.
struct TreeLoader<Reader: SourceReader> {
    let reader: Reader
    var map: SourceMap
    /// Each once, in the order in which they were read.
    private(set) var files: [String] = []
    private var knownFiles: Set<String> = []
    private(set) var diagnostics: [Diagnostic] = []
    /// Where modules.conf names each module.
    var modulePlaces: [String: Span] = [:]
    /// The modules that the user named.
    var namedModules: [String] = []

    init(reader: Reader, map: SourceMap) {
        self.reader = reader
        self.map = map
    }

    /// A file of the tree; nil when it does not exist.
    mutating func load(_ path: String) throws(SourceReadError) -> SourceFile? {
        guard let bytes = try reader.contents(of: path) else { return nil }
        noteFile(path)
        return add(path, bytes)
    }

    /// The bytes of a file of the tree; none when it does not exist.
    mutating func contents(_ path: String) throws(SourceReadError) -> [UInt8] {
        guard let bytes = try reader.contents(of: path) else { return [] }
        noteFile(path)
        return bytes
    }

    mutating func noteFile(_ path: String) {
        if knownFiles.insert(path).inserted { files.append(path) }
    }

    /// Expands macros, and keeps what was said and what was included.
    mutating func expand(_ inputs: [SourceFile], _ options: MacroProcessor.Options) -> MappedText {
        let result = MacroProcessor.expand(inputs, options: options, reader: reader, map: &map)
        for file in result.includedFiles { noteFile(file) }
        diagnostics += result.diagnostics
        return result.text
    }

    /// Text that stands in no file.
    mutating func add(_ name: String, _ text: String) -> SourceFile? { add(name, Array(text.utf8)) }

    mutating func add(_ name: String, _ bytes: [UInt8]) -> SourceFile? {
        do {
            return try map.add(name: name, bytes: bytes)
        } catch {
            reportTooLarge(error)
            return nil
        }
    }

    /// Text made of other files.
    mutating func add(_ name: String, made text: MappedText) -> SourceFile? {
        do {
            return try map.add(name: name, made: text)
        } catch {
            reportTooLarge(error)
            return nil
        }
    }

    private mutating func reportTooLarge(_ error: SourceMap.TooLarge) {
        diagnostics.append(
            Diagnostic(
                "sources-too-large", .error, "the sources together are larger than \(error.limit) bytes", at: .unknown))
    }

    mutating func report(_ diagnostic: Diagnostic) {
        diagnostics.append(diagnostic)
    }
}
