import Foundation
import Testing

@Suite("A chapter's run is judged")
struct ChapterRunTests {
    private func complaints(_ text: String) throws -> [String] {
        let chapter = try Chapter("page", "# T\n" + text)
        return Chapter.complaints(try ChapterRun(chapter, tools: [:]), of: "page")
    }

    @Test("what comes as it is to come is no complaint: files, folders that stay, values, statuses, `Policies`")
    func right() throws {
        let text = """
            ```file a/b
            one
            ```
            ```console
            $ cd a; x=1
            $ cat b; echo $x >&2
            one
            1
            ```
            ```file a/b append
            two
            ```
            ```console
            $ cat b a/b
            one
            two
            $ false
            $ echo $?
            1
            $ ls ../Policies
            …
            reference
            …
            $ read -r line; echo "[$line]"
            []
            ```
            """
        // The second file is written where the shell is.
        #expect(try complaints(text) == [])
    }

    @Test("another output fails, with the difference")
    func wrongOutput() throws {
        let told = try complaints("```console\n$ echo a; echo b\na\nc\n```")
        #expect(told.count == 1 && told[0].hasPrefix("page:3: `echo a; echo b` printed something else") && told[0].hasSuffix("  a\n- c\n+ b"), "\(told)")
    }

    @Test("no output, where some is to come, fails; and some, where none is")
    func missingOutput() throws {
        #expect(try complaints("```console\n$ true\na\n```").count == 1)
        #expect(try complaints("```console\n$ echo a\n```").count == 1)
    }

    @Test("a command that fails unannounced is told")
    func failure() throws {
        let told = try complaints("```console\n$ false\n$ true\n```")
        #expect(told.count == 1 && told[0].contains("has ended with 1"), "\(told)")
        #expect(try complaints("```console\n$ false\n$ echo $?\n2\n```").count == 1)
    }

    @Test("what ends the shell is told, and what comes behind is not taken for done")
    func exit() throws {
        let told = try complaints("```console\n$ exit 0\n$ echo a\na\n```")
        #expect(told.count == 1 && told[0].contains("was not come to its end"), "\(told)")
        #expect(try complaints("```console\n$ echo 'a\n```").count == 1)
    }

    @Test("what is left running is told, and ended")
    func leftover() throws {
        let told = try complaints("```console\n$ sleep 1000 &\n```")
        #expect(told == ["page: this was left running: sleep 1000 "])
    }

    @Test("what is only shown is not run")
    func shown() throws {
        #expect(try complaints("```console\n$ true\n```\n```console not-run it would fail\n$ false\nnothing\n```") == [])
    }
}
