import Foundation
import Testing

/// In a tree, a mistake is shown where its author made it, and each place that is to be mended is shown.
@Suite struct PlaceTests {
    /// A tree of two modules; what is given stands at the end of the first one.
    private func diagnostics(_ lines: String, library: String = "") throws -> [[String: Any]] {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write("tree/modules/modules.conf", "base = on\nguest = on\n")
        try folder.write(
            "tree/modules/base.if",
            """
            define(`command', `allow $1 $2:domain { create pause };')
            define(`commands', `command($1, $2)
            command($2, $1)')
            \(library)
            """)
        try folder.write("tree/policy/security_classes", "")
        try folder.write(
            "tree/modules/base.te", "type xen_t;\nrole system_r;\nrole system_r types xen_t;\n\(lines)\n")
        try folder.write(
            "tree/modules/guest.te",
            "type a_t;\ntype b_t;\nrole system_r types { a_t b_t };\ncommand(a_t, b_t)\ncommands(b_t, xen_t)\n")
        try folder.write("tree/policy/users", "user system_u roles system_r;\n")
        try folder.write("tree/policy/initial_sids", "sid xen system_u:system_r:xen_t\n")
        let run = try Command(Command.compiler, ["--format", "json", "--no-lint", "tree"], in: folder.url)
        let document = try #require(try JSONSerialization.jsonObject(with: Data(run.output)) as? [String: Any])
        let diagnostics = try #require(document["diagnostics"] as? [[String: Any]])
        return diagnostics.filter { $0["severity"] as? String == "error" }
    }

    /// The files, lines and codes of its errors.
    private func errors(_ lines: String, library: String = "") throws -> [String] {
        try diagnostics(lines, library: library).map { diagnostic in
            let place = diagnostic["primary"] as? [String: Any]
            let file = (place?["file"] as? String ?? "").split(separator: "/").last ?? ""
            return "\(file):\(place?["line"] ?? 0) \(diagnostic["code"] ?? "")"
        }
    }

    @Test func treeIsRight() throws {
        #expect(try errors("") == [])
    }

    /// A name in a macro is one place however often the macro is called, and two places are two.
    @Test func eachPlaceIsToldOnce() throws {
        let library = "define(`wrong', `allow $1 $2:domain craete;\nallow $2 $1:domain craete;')"
        #expect(
            try errors("wrong(xen_t, a_t)\nwrong(a_t, xen_t)\nwrong(b_t, b_t)", library: library)
                == ["base.if:4 unknown-permission", "base.if:5 unknown-permission"])
        #expect(
            try errors("commands(c_t, xen_t)\ncommand(xen_t, c_t)")
                == ["base.te:4 unknown-type", "base.te:5 unknown-type"])
        #expect(
            try errors("comand(a_t, xen_t)\n\ncomand(xen_t, a_t)") == ["base.te:4 undefined-macro", "base.te:6 undefined-macro"])
    }

    /// A macro that is defined behind its call has its name right: it is told that it comes too late, and no name is proposed.
    @Test func aMacroThatIsDefinedLater() throws {
        let told = try diagnostics("late(xen_t)\ndefine(`late', `allow $1 xen_t:domain create;')\nlate(xen_t)")
        #expect(told.count == 1)
        #expect((told.first?["help"] as? String)?.hasPrefix("it is defined in a module that is read later") == true, "\(told)")
        #expect(told.first?["suggestion"] == nil || told.first?["suggestion"] is NSNull)
    }

    /// The statement that stands at the wrong place is blamed, and not what follows it in other files.
    @Test func lateStatementInAModule() throws {
        #expect(try errors("pirqcon 9 system_u:system_r:xen_t") == ["base.te:4 statement-out-of-order"])
        #expect(try errors("constrain domain create ( u1 == u2 );") == ["base.te:4 statement-out-of-order"])
    }

    /// An argument that is missing is the mistake of the call in the author's file.
    @Test func missingArgument() throws {
        // The first statement of `convert` is wrong because of the comma that is missing, and has no `$2`.
        let library = "define(`convert', `allow $1 xen_t:domain create;\ntype_transition xen_t $1:domain $2;')"
        for call in ["commands(a_t)", "commands (a_t, xen_t)", "command", "convert(a_t xen_t)", "convert (a_t, xen_t)"] {
            #expect(try errors(call, library: library) == ["base.te:4 empty-argument"], "\(call)")
        }
    }
}
