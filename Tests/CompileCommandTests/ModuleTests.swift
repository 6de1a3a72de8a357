import Foundation
import Testing

/// Which modules take part is what modules.conf and the command line say; what they say without a meaning is told.
@Suite struct ModuleTests {
    private static let policy = Command.repository.appendingPathComponent("Policies/examples/minimal").path

    private func tree(_ modules: String) throws -> Folder {
        let folder = try Folder()
        #expect(try Command.shell("cp -r \(Self.policy) tree", in: folder).status == 0)
        try folder.write("tree/modules/other.te", "bool other true;\n")
        try folder.write("tree/modules/modules.conf", modules)
        return folder
    }

    private func compile(_ modules: String, _ options: String...) throws -> (status: Int32, errors: String, hasOther: Bool) {
        let folder = try tree(modules)
        defer { folder.remove() }
        let run = try Command(Command.compiler, ["tree", "--emit", "text", "-o", "out"] + options, in: folder.url)
        return (run.status, run.errors, run.status == 0 ? try folder.text("text").contains("bool other") : false)
    }

    @Test func linesMayEndAsOnWindows() throws {
        let run = try compile("# comment\r\nbase = on\r\n\r\nother = on\r\n")
        #expect(run.status == 0 && run.errors == "" && run.hasOther, "\(run)")
    }

    @Test(arguments: ["onn", "ON", "=", "= on", "yes", ""]) func misspeltStateIsTold(_ state: String) throws {
        let run = try compile("base = on\nother = \(state)\n")
        #expect(run.status == 0 && !run.hasOther)
        #expect(run.errors.contains("warning[unknown-module-state]"), "\(run.errors)")
        #expect(run.errors.contains("tree/modules/modules.conf:2:"), "\(run.errors)")
        if state == "onn" || state == "ON" { #expect(run.errors.contains("suggestion: replace `\(state)` with `on`"), "\(run.errors)") }
        #expect(try compile("base = on\nother=on\n").errors.contains("with blanks around `=`"))
        #expect(try compile("base = on\nother = off\n").errors == "")
    }

    @Test func fileThatNoLineNamesIsTold() throws {
        let run = try compile("base = on\n")
        #expect(run.status == 0 && !run.hasOther)
        #expect(run.errors.contains("warning[unlisted-module]: `tree/modules/other.te` is not in the policy: no line of `tree/modules/modules.conf` names module `other`"), "\(run.errors)")
        #expect(run.errors.contains("help: write `other = on` there, or `other = off` to leave it out"), "\(run.errors)")
        for lines in ["base = on\nother = off\n", "base = on\nother = on\n"] { #expect(try compile(lines).errors == "") }
        for options in [["--no-lint"], ["--modules", "+other"], ["--modules", "base"]] {
            let folder = try tree("base = on\n")
            defer { folder.remove() }
            #expect(try Command(Command.compiler, ["tree", "-o", "out"] + options, in: folder.url).errors == "", "\(options)")
        }
    }

    @Test func modulesOfTheCommandLineMustExist() throws {
        let on = try compile("base = on\n", "--modules", "+othr")
        #expect(on.status == 1)
        #expect(on.errors.contains("error[missing-module]") && on.errors.contains("did you mean `other`?"), "\(on.errors)")
        #expect(!on.errors.contains("modules.conf if it is gone"), "\(on.errors)")
        let off = try compile("base = on\nother = on\n", "--modules", "-othr")
        #expect(off.status == 1)
        #expect(off.errors.contains("error[unknown-module]") && off.errors.contains("did you mean `other`?"), "\(off.errors)")
        #expect(try compile("base = on\nother = on\n", "--modules", "-other").status == 0)
    }

    /// A line of a macro that one caller could do without serves the others, those under a condition too.
    @Test func lineOfAMacroIsImpliedOnlyIfEveryCallIs() throws {
        let macro = "define(`peek', `\nallow $1 $2:domain getdomaininfo;\n')\n"
        let uses = "attribute peeking;\ntype a_t, peeking; type b_t; type c_t;\nallow peeking peeking:domain getdomaininfo;\nbool on true;\npeek(a_t, a_t)\n"
        for (more, isTold) in [("", true), ("peek(b_t, c_t)\n", false), ("if (on) { peek(b_t, c_t) }\n", false)] {
            let folder = try tree("base = on\n")
            defer { folder.remove() }
            try folder.write("tree/modules/base.if", macro)
            let rest = more.isEmpty ? "allow b_t c_t:domain getdomaininfo;\n" : more
            try folder.write("tree/modules/base.te", try folder.text("tree/modules/base.te") + uses + rest)
            let run = try Command.compile("tree", "-o", "out", in: folder)
            #expect(run.status == 0)
            #expect(run.errors.contains("implied-rule") == isTold, "\(more): \(run.errors)")
        }
    }

    /// The attribute is for another form of the policy, or another release.
    @Test func attributeThatABranchNotTakenNamesIsUsed() throws {
        for (text, isTold) in [
            ("", true), ("# for_levels\n", true), ("dnl for_levels\n", true),
            ("ifdef(`enable_mls', `allow for_levels self:domain getdomaininfo;')\n", false),
            ("ifdef(`enable_mls', `attribute for_levels;')\n", true), ("ifdef(`enable_mls', `not_for_levels')\n", true),
        ] {
            let folder = try tree("base = on\n")
            defer { folder.remove() }
            let base = try folder.text("tree/modules/base.te")
            try folder.write("tree/modules/base.te", base + "attribute for_levels;\ntypeattribute domU_t for_levels;\n" + text)
            let run = try Command.compile("tree", "-o", "out", in: folder)
            #expect(run.status == 0)
            #expect(run.errors.contains("unused-attribute") == isTold, "\(text): \(run.errors)")
        }
    }
}
