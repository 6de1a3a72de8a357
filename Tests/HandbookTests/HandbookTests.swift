import Foundation
import TestSupport
import Testing

/// With `XSM_RECORD_GOLDENS=1` what was printed is written into the pages, where it is not what they say.
@Suite("The handbook's examples do what the handbook says")
struct HandbookTests {
    private static let isRecording = ProcessInfo.processInfo.environment["XSM_RECORD_GOLDENS"] == "1"

    private static let tools = [
        "xsm-audit": BuiltPackage.auditTool, "xsm-compile": BuiltPackage.compiler, "xsm-hypervisor": BuiltPackage.hypervisor,
        "xsm-launch": BuiltPackage.launcher, "xsm-policy": BuiltPackage.policyTool,
    ]

    @Test("a chapter's examples, from its first line to its last", arguments: try Handbook.names())
    func chapter(name: String) throws {
        try check(Handbook.chapter(name), at: Handbook.folder.appending(path: name))
    }

    @Test("examples of other pages that say that they are run")
    func markedPages() throws {
        for page in try Handbook.markedPages() { try check(page, at: BuiltPackage.repository.appending(path: page.name)) }
    }

    private func check(_ chapter: Chapter, at url: URL) throws {
        let missing = chapter.needs.compactMap(\.missing) + Self.tools.filter { $0.value == nil }.keys.sorted()
        guard missing.isEmpty else {
            Peer.missing("\(missing.joined(separator: ", ")): the examples of `\(chapter.name)` were not run")
            return
        }
        let run = try ChapterRun(chapter, tools: Self.tools.compactMapValues { $0 })
        if Self.isRecording { try record(chapter, run, at: url) }
        let complaints = Chapter.complaints(run, of: chapter.name)
        for complaint in complaints { print(complaint) }
        #expect(complaints.isEmpty, "record anew with XSM_RECORD_GOLDENS=1, and look at the difference")
    }

    /// What was expected and came stays as it is, with what it leaves out.
    private func record(_ chapter: Chapter, _ run: ChapterRun, at url: URL) throws {
        var outputs: [Int: [String]] = [:]
        for outcome in run.outcomes where outcome.status != nil && !outcome.command.output.matches(outcome.output) {
            outputs[outcome.command.line] = outcome.output
        }
        if !outputs.isEmpty { try chapter.recording(outputs).write(to: url, atomically: true, encoding: .utf8) }
    }

    @Test("the table of contents has every chapter, and how much of it is run")
    func contents() throws {
        let url = Handbook.folder.appending(path: "README.md")
        var text = try String(contentsOf: url, encoding: .utf8)
        var shownOnly = 0
        for name in try Handbook.names() {
            let chapter = try Handbook.chapter(name)
            shownOnly += chapter.notRunCount
            let wanted = Handbook.contentsLine(name, chapter)
            if Self.isRecording {
                let line = try Regex(#"(?m)^\| \[[^\]]*\]\(\#(name)\) .*$"#)
                text.replace(line) { _ in wanted }
                try text.write(to: url, atomically: true, encoding: .utf8)
            }
            let isThere = text.split(separator: "\n").contains { $0 == wanted }
            #expect(isThere, "`\(wanted)` is missing")
        }
        #expect(shownOnly <= 20, "\(shownOnly) commands are only shown, and not run")
    }
}
