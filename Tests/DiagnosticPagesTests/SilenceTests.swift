import Foundation
import Testing

/// Every warning that is about a place can be silenced at that place, with a reason, and not without. The examples of
/// the pages are the sources.
@Suite("Every warning can be silenced where it stands")
struct SilenceTests {
    /// Warnings about the command line or about a binary, which have no place in a source.
    private static let withoutPlace: Set<String> = [
        "macro-diagnostics-limit", "not-upgraded", "omitted-by-version", "xen-rejects",
    ]
    /// Those about silences cannot be silenced; of those in the second line the page shows the error, or nothing.
    private static let notTried: Set<String> = [
        "malformed-silence", "silence-without-reason",
        // Comments of modules.conf are not part of the policy.
        "unknown-module-state",
        "image-too-large", "macro-missing-include", "neverallow-violated", "trailing-bytes",
    ]

    /// The codes of warnings and notes.
    private static func codes() throws -> [String] {
        try DiagnosticPage.codes().filter { code in
            let page = try DiagnosticPage.page(code)
            return !page.severities.allSatisfy { $0 == "error" } && !page.isOfPolicyTool && !notTried.contains(code)
        }
    }

    /// Of these traps each has a code, and the code an example that DiagnosticPagesTests runs.
    @Test("every trap of the language has a message")
    func traps() throws {
        let traps = [
            "xen-rejects-inherits", "xen-rejects-filename-transition", "xen-ignores-default", "xen-ignores-policycap",
            "xen-ignores-role-transition-class", "initial-sid-without-context", "octal-number",
            "device-number-out-of-range", "empty-permissions", "optional-disabled", "unused-type", "unused-attribute",
            "empty-attribute", "implied-rule", "quadratic-rules",
        ]
        #expect(try Set(traps).isSubset(of: Self.codes()))
        // The one that is an error, for checkpolicy too.
        #expect(try DiagnosticPage.page("overlapping-context").severities == ["error"])
    }

    /// What the example says once its files were changed. Lints are on, whatever the page says.
    private func diagnostics(
        _ page: DiagnosticPage, _ change: (URL) throws -> Void = { _ in }
    ) throws -> [Tool.Diagnostic] {
        try Tool.inTemporaryDirectory { directory in
            try page.writeFiles(to: directory)
            try change(directory)
            for command in page.commands.dropLast() { _ = try Tool.run(command, in: directory) }
            let last = try #require(page.commands.last)
            return try Tool.diagnostics(last.filter { $0 != "--no-lint" }, in: directory)
        }
    }

    /// Adds a comment to a file: on a line of its own above the line, or behind what is on the line.
    private func comment(_ text: String, at place: Tool.Diagnostic.Place, isAbove: Bool, in directory: URL) throws {
        let file = directory.appendingPathComponent(place.file)
        var lines = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
        if isAbove {
            lines.insert(text, at: place.line - 1)
        } else {
            lines[place.line - 1] += " " + text
        }
        try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
    }

    /// `dnl` removes a comment that follows it on its line, and behind a comment a second one is a part of the first.
    private func canHaveCommentBehind(_ places: [Tool.Diagnostic.Place], _ page: DiagnosticPage) throws -> Bool {
        try places.allSatisfy { place in
            let file = try #require(page.files.first { $0.path == place.file })
            let line = file.text.components(separatedBy: "\n")[place.line - 1]
            return !line.contains("dnl") && !line.contains("#")
        }
    }

    /// The places of a code, last first: comments that are inserted do not move those to come.
    private func places(_ code: String, _ diagnostics: [Tool.Diagnostic]) -> [Tool.Diagnostic.Place] {
        Set(diagnostics.filter { $0.code == code }.compactMap(\.primary)).sorted { ($0.file, $0.line) > ($1.file, $1.line) }
    }

    private func counts(_ diagnostics: [Tool.Diagnostic]) -> [String: Int] {
        diagnostics.reduce(into: [:]) { $0[$1.code, default: 0] += 1 }
    }

    @Test("with a reason, above the place or behind it; without a reason it stays", arguments: try Self.codes())
    func silenced(code: String) throws {
        let page = try DiagnosticPage.page(code)
        let before = try diagnostics(page)
        let found = before.filter { $0.code == code }
        try #require(!found.isEmpty, "the example does not show the code")
        if Self.withoutPlace.contains(code) {
            #expect(found.allSatisfy { $0.primary == nil }, "it has a place, and is not tried")
            return
        }
        let places = places(code, before)
        try #require(found.allSatisfy { $0.primary != nil })
        var expected = counts(before)
        expected[code] = nil
        for isAbove in try canHaveCommentBehind(places, page) ? [true, false] : [true] {
            let after = try diagnostics(page) { directory in
                for place in places {
                    try comment("# xsm: allow \(code) for this test", at: place, isAbove: isAbove, in: directory)
                }
            }
            #expect(counts(after) == expected, "silenced \(isAbove ? "above" : "behind"): \(after)")
        }
        let unreasoned = try diagnostics(page) { directory in
            for place in places { try comment("# xsm: allow \(code)", at: place, isAbove: true, in: directory) }
        }
        expected[code] = found.count
        expected["silence-without-reason", default: 0] += places.count
        #expect(counts(unreasoned) == expected, "without a reason: \(unreasoned)")
    }

    private static let clean = """
        class domain
        sid xen
        class domain { create pause }
        attribute spare_type;
        type spare_t;
        type xen_t;
        role system_r;
        role system_r types xen_t;
        allow xen_t self:domain create;
        user system_u roles system_r;
        sid xen system_u:system_r:xen_t

        """

    /// The codes, with lines, that a changed text gives.
    private func messages(_ changes: (line: Int, comment: String)...) throws -> [String] {
        try Tool.inTemporaryDirectory { directory in
            let place = { Tool.Diagnostic.Place(file: "policy.conf", line: $0) }
            try Self.clean.write(to: directory.appendingPathComponent("policy.conf"), atomically: true, encoding: .utf8)
            for change in changes.sorted(by: { abs($0.line) > abs($1.line) }) {
                try comment(change.comment, at: place(abs(change.line)), isAbove: change.line > 0, in: directory)
            }
            return try Tool.diagnostics(["policy.conf"], in: directory).filter { $0.code != "fits-no-release" }
                .map { "\($0.primary?.line ?? 0) \($0.severity) \($0.code)" }
        }
    }

    @Test("a comment behind a statement is about that line alone, and several above it are about the same line")
    func reach() throws {
        #expect(try messages() == ["4 warning unused-attribute", "5 warning unused-type"])
        // Behind line 4 it does not reach line 5.
        #expect(try messages((-4, "# xsm: allow unused-type a reason")) == [
            "4 warning unused-attribute", "4 note unused-silence", "5 warning unused-type",
        ])
        #expect(
            try messages((4, "# xsm: allow unused-attribute a reason"), (-5, "# xsm: allow unused-type a reason")) == [])
        let type = "# xsm: allow unused-type a reason"
        #expect(try messages((5, "# xsm: allow unused-silence a reason\n# xsm: allow empty-attribute no\n\(type)")) == [
            "4 warning unused-attribute"
        ])
    }

    @Test("a comment that silences nothing, or nothing that exists, is told")
    func unneeded() throws {
        let others = ["4 warning unused-attribute", "5 warning unused-type"]
        #expect(try messages((9, "# xsm: allow unused-type a reason")) == others + ["9 note unused-silence"])
        // Errors cannot be silenced.
        #expect(try messages((9, "# xsm: allow unknown-type a reason")) == others + ["9 note unused-silence"])
        #expect(try messages((9, "# xsm: allow unusd-type a reason")) == others + ["9 warning malformed-silence"])
        #expect(try messages((9, "# xsm: ignore unused-type a reason")) == others + ["9 warning malformed-silence"])
        #expect(try messages((9, "# xsm: allow")) == others + ["9 warning malformed-silence"])
        // What it may be needed for with other options is a reason.
        #expect(try messages((9, "# xsm: allow unused-silence needed with MLS\n# xsm: allow unused-type a reason")) == others)
    }

    @Test("silences hold in the text after macro expansion")
    func flattened() throws {
        let diagnostics = try Tool.inTemporaryDirectory { directory in
            // The second type is not silenced. Nothing but the comment stands below the first marker.
            let comment = "#line 30 \"tree/type.te\"\n# xsm: allow unused-type a reason\n#line 31 \"tree/type.te\"\n"
            let text = "#line 7 \"tree/base.te\"\n" + Self.clean.replacing("sid xen\n", with: "sid xen\n#line 20 \"tree/other.te\"\n")
                .replacing("type spare_t;", with: comment + "type spare_t;\ntype second_t;")
            try text.write(to: directory.appendingPathComponent("policy.conf"), atomically: true, encoding: .utf8)
            return try Tool.diagnostics(["policy.conf"], in: directory)
        }
        #expect(diagnostics.map(\.code).sorted() == ["fits-no-release", "unused-type"])
    }
}
