import Foundation
import Testing

/// The options that `--help` lists: every spelling means the same, each does what it says, and none is without a test.
@Suite struct OptionTests {
    struct Option: Hashable, Sendable {
        let letter: String?
        let name: String?
        let value: String?

        /// Every way to write it, with a value where it takes one.
        func spellings(_ sample: String) -> [[String]] {
            guard value != nil else { return [letter, name].compactMap { $0 }.map { [$0] } }
            return (letter.map { [[$0, sample], [$0 + sample]] } ?? []) + (name.map { [[$0, sample], ["\($0)=\(sample)"]] } ?? [])
        }
    }

    private static let policy = Command.repository.appendingPathComponent("Policies/examples/minimal").path

    private static func options() throws -> [Option] {
        let folder = try Folder()
        defer { folder.remove() }
        let help = try Command.compile("--help", in: folder)
        try #require(help.status == 0)
        let lines = String(decoding: help.output, as: UTF8.self).components(separatedBy: "\n").filter { $0.hasPrefix("  -") }
        let options = try lines.map { line in
            let match = try #require(
                try /^  (-[A-Za-z])?(?:, )?(--[a-z-]+)?(?: (\S+))?(?: {2,}\S.*)?$/.wholeMatch(in: line), "\(line)")
            return Option(
                letter: match.output.1.map(String.init), name: match.output.2.map(String.init),
                value: match.output.3.map(String.init))
        }
        try #require(options.count > 20)
        return options
    }

    /// A value for each kind of value; an option with a new kind needs a new one here.
    private static let samples = [
        "FILE": "made", "TARGET": "xen", "N": "24", "deny|reject|allow": "allow", "R": "4.19", "LIST": "base",
        "NAME[=VALUE]": "name=value", "3.5|3.6": "3.5", "text|json|sarif": "json", "auto|always|never": "always",
        "CODE": "unknown-type",
    ]

    /// What a run leaves: status, what it says, and files.
    private func outcome(_ arguments: [String]) throws -> [String] {
        let folder = try Folder()
        defer { folder.remove() }
        let run = try Command(Command.compiler, [Self.policy] + arguments, in: folder.url)
        let files = try folder.names().map { "\($0): \(try folder.contents($0))" }
        return ["\(run.status)", run.errors, String(decoding: run.output, as: UTF8.self)] + files
    }

    @Test func everySpellingMeansTheSame() throws {
        for option in try Self.options() {
            let sample = try #require(Self.samples[option.value ?? "FILE"], "\(option)")
            // A text needs a place.
            let rest = option.name == "--cil" ? ["-o", "made"] : []
            let spellings = option.spellings(sample).map { $0 + rest }
            let first = try outcome(spellings[0])
            #expect(first[0] != "2", "\(option): \(first)")
            for spelling in spellings.dropFirst() { #expect(try outcome(spelling) == first, "\(spelling)") }
            guard option.value != nil else { continue }
            // Without its value it is not understood.
            for word in [option.letter, option.name].compactMap(\.self) { #expect(try outcome([word])[0] == "2", "\(word)") }
        }
    }

    /// A new option fails here until a test or an example of the documentation uses it.
    @Test func everyOptionIsUsedInATestOrAnExample() throws {
        let root = Command.repository
        var uses = ""
        for folder in ["Tests/CompileCommandTests", "Tests/PolicyCompilerTests", "Documentation/diagnostics"] {
            let url = root.appendingPathComponent(folder)
            let names = try #require(FileManager.default.enumerator(atPath: url.path)).compactMap { $0 as? String }
            // The macro tests run m4, which has options of its own.
            for name in names where !name.hasPrefix("Macro/") && (name.hasSuffix(".swift") || name.hasSuffix(".md")) {
                let text = try String(contentsOf: url.appendingPathComponent(name), encoding: .utf8)
                for line in text.split(separator: "\n") where name.hasSuffix(".md") ? line.hasPrefix("$ ") : !line.contains("///") {
                    uses += line + "\n"
                }
            }
        }
        for option in try Self.options() {
            let words = [option.letter, option.name].compactMap(\.self)
            let isUsed = try words.contains { word in
                let value = option.value == nil ? "" : "[0-9]*"
                return try Regex("(^|[\" ])\(word)\(value)([\" =]|$)").anchorsMatchLineEndings().firstMatch(in: uses) != nil
            }
            #expect(isUsed, "no test and no example uses \(words.joined(separator: " or "))")
        }
    }

    @Test func helpAndVersionNeedNoInput() throws {
        let folder = try Folder()
        defer { folder.remove() }
        for (arguments, words) in [
            (["-h"], "usage: xsm-compile"), (["-V"], "35 (compatibility range 35-15)\n"),
            (["-V", "-c", "30"], "30 (compatibility range 35-15)\n"),
            (["--version"], "xsm-compile 0.1.0\n"), (["-V", "--layout", "3.5"], "33 (compatibility range 33-15)\n"), (["--explain", "unknown-type"], "# unknown-type\n"),
        ] {
            let run = try Command(Command.compiler, arguments, in: folder.url)
            #expect(run.status == 0 && run.errors == "", "\(arguments)")
            #expect(String(decoding: run.output, as: UTF8.self).hasPrefix(words), "\(arguments)")
        }
    }

    /// The text that a tree becomes with some options.
    private func text(_ options: [String], in folder: Folder) throws -> String {
        let run = try Command(
            Command.compiler, ["tree", "--emit", "text", "-o", "out", "--xen-release", "4.19"] + options, in: folder.url)
        #expect(run.status == 0, "\(run.errors)")
        return try folder.text("text")
    }

    @Test func definitionsAndModulesVaryATree() throws {
        let folder = try Folder()
        defer { folder.remove() }
        #expect(try Command.shell("cp -r \(Self.policy) tree", in: folder).status == 0)
        let base = try folder.text("tree/modules/base.te")
        try folder.write("tree/modules/base.te", base + "ifdef(`extra', `bool extra_is_`'extra`' true;')\n")
        try folder.write("tree/modules/other.te", "bool other true;\n")
        try folder.write("tree/modules/third.te", "bool third true;\n")
        try folder.write("tree/modules/modules.conf", "base = on\nother = off\nthird = on\n")
        for (options, expected) in [
            ([], ["third"]), (["-D", "extra=1"], ["extra_is_1", "third"]), (["--define", "extra"], ["extra_is_", "third"]),
            (["-D", "extra=1", "-D", "extra=2"], ["extra_is_2", "third"]), (["--modules", "base"], []),
            (["--modules", "base,other"], ["other"]), (["--modules", "+other,-third"], ["other"]),
        ] {
            let booleans = try text(options, in: folder).matches(of: /bool (\w+) true;/).map { String($0.output.1) }
            #expect(booleans == expected, "\(options)")
        }
        #expect(try Command.compile("tree", "--modules", "base,+other", in: folder).status == 2)
        #expect(try Command.compile("tree", "--modules", "base,absent", in: folder).errors.contains("error[missing-module]"))
    }

    /// `flask=enforcing` denies what the policy does not know, unless it says otherwise: the flag is in the binary.
    @Test func unknownClassesAreHandledAsAsked() throws {
        let folder = try Folder()
        defer { folder.remove() }
        var images: Set<[UInt8]> = []
        for word in ["deny", "reject", "allow"] {
            #expect(try Command.compile(Self.policy, "--xen-release", "4.19", "-U", word, "-o", "out", in: folder).status == 0)
            images.insert(try folder.contents("out"))
        }
        #expect(images.count == 3)
        #expect(try Command.compile(Self.policy, "--xen-release", "4.19", "-o", "out", in: folder).status == 0)
        #expect(images.contains(try folder.contents("out")))
    }
}
