import Diagnostics
import Flask
public import PolicyCompiler

extension AnalysedPolicy {
    /// No symbol's name is longer: a list of all types is then no longer than 64 MiB.
    public static let maximumNameLength = 1_024

    /// Reads a policy from bytes: a binary, which begins with a magic word, or the text of a policy.conf. `name` is what messages call it.
    public convenience init(_ bytes: [UInt8], named name: String, options: InputOptions = InputOptions()) throws(InputFailure) {
        if Self.isImage(bytes) {
            try self.init(image: bytes, named: name, release: options.release)
        } else {
            try self.init(text: bytes, named: name, options: options)
        }
    }

    /// Reads the policy tree in a folder.
    public convenience init(treeAt path: String, reader: some SourceReader, options: InputOptions = InputOptions()) throws(InputFailure) {
        var map = SourceMap()
        let flattened: PolicyTree.Flattened?
        do throws(SourceReadError) {
            let tree = TreeOptions(
                isMLS: options.isMLS, definitions: options.definitions, modules: options.modules, release: options.release,
                lints: options.isLinted)
            flattened = try PolicyTree(at: path, reader: reader)?.flatten(tree, reader: reader, map: &map)
        } catch {
            throw .unreadable(path: error.path, reason: error.reason)
        }
        guard let flattened else { throw .noTree(path, NearbyTrees(path, reader: reader)) }
        guard !flattened.diagnostics.contains(where: { $0.severity == .error }) else { throw .source(flattened.diagnostics, map) }
        var compile = CompileOptions(
            target: flattened.isSELinux ? .selinux : .xen, release: options.release ?? flattened.release,
            isMLS: options.isMLS || flattened.isMLS, checksAssertions: options.isLinted || options.checksAssertions, lints: options.isLinted)
        compile.declaresRolesByTheirTypes = flattened.declaresRolesByTheirTypes
        try self.init(
            compiling: flattened.text, compile, form: .tree, release: options.release ?? flattened.release, map: map,
            macroDiagnostics: flattened.diagnostics)
    }

    /// Images begin with `0xf97cff8c`, those of modules with the next number (libsepol, policydb.h: `POLICYDB_MAGIC`).
    private static func isImage(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 4 && (0x8c...0x8d).contains(bytes[0]) && bytes[1..<4].elementsEqual([0xff, 0x7c, 0xf9])
    }

    private convenience init(image bytes: [UInt8], named name: String, release: XenRelease?) throws(InputFailure) {
        let policy: Policy
        do throws(ImageReadError) {
            policy = try ImageReader.read(bytes).policy
        } catch {
            throw .image(name, error)
        }
        try Self.checkNames(policy)
        self.init(policy, release: release)
    }

    private convenience init(text bytes: [UInt8], named name: String, options: InputOptions) throws(InputFailure) {
        var map = SourceMap()
        let text: MappedText
        do throws(SourceMap.TooLarge) {
            text = MappedText(try map.add(name: name, bytes: bytes))
        } catch {
            throw .tooLarge(name, limit: error.limit)
        }
        let compile = CompileOptions(
            target: options.target, version: options.version, release: options.release,
            isMLS: options.isMLS || Self.hasSensitivities(bytes), checksAssertions: options.isLinted || options.checksAssertions, lints: options.isLinted)
        try self.init(compiling: text, compile, form: .text, release: options.release, map: map)
    }

    /// Assertions are not checked unless that was asked for, or by a linter: what a policy that breaks them allows can be asked too.
    private convenience init(
        compiling text: MappedText, _ options: CompileOptions, form: Form, release: XenRelease?, map: SourceMap,
        macroDiagnostics: [Diagnostic] = []
    ) throws(InputFailure) {
        var map = map
        let output = Compiler.compile(text, options: options, map: &map, macroDiagnostics: macroDiagnostics, keepsOrigins: true)
        guard let policy = output.policy else { throw .source(output.diagnostics, map) }
        try Self.checkNames(policy)
        self.init(
            policy, form: form, release: release, origins: output.origins, map: map, diagnostics: options.lints ? output.diagnostics : [])
    }

    /// Whether a line begins with the statement without which there is no MLS.
    private static func hasSensitivities(_ bytes: [UInt8]) -> Bool {
        let word = Array("sensitivity".utf8)
        var isAtStart = true
        for place in bytes.indices {
            let byte = bytes[place]
            if isAtStart, byte == word[0], bytes.count - place > word.count, bytes[place..<place + word.count].elementsEqual(word),
                bytes[place + word.count] == UInt8(ascii: " ") || bytes[place + word.count] == UInt8(ascii: "\t")
            {
                return true
            }
            isAtStart = byte == UInt8(ascii: "\n") || isAtStart && (byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t"))
        }
        return false
    }

    private static func checkNames(_ policy: Policy) throws(InputFailure) {
        var longest = 0
        func look(_ name: Name?) { longest = max(longest, name?.bytes.count ?? 0) }
        for entry in policy.commons { for permission in entry.permissions { look(permission.name) } }
        for entry in policy.classes {
            look(entry.name)
            for permission in entry.permissions { look(permission.name) }
        }
        for entry in policy.types { look(entry?.name) }
        for entry in policy.roles { look(entry?.name) }
        for entry in policy.users { look(entry?.name) }
        for entry in policy.booleans { look(entry.name) }
        for entry in policy.sensitivities { look(entry.name) }
        for name in policy.categories { look(name) }
        guard longest <= maximumNameLength else { throw .nameTooLong(count: longest, limit: maximumNameLength) }
    }
}
