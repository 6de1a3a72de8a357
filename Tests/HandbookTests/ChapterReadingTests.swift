import TestSupport
import Testing

@Suite("Examples of a chapter are read in one strict form")
struct ChapterReadingTests {
    private func reason(_ text: String, form: Chapter.Form = .chapter) -> String? {
        do throws(Chapter.Malformed) {
            _ = try Chapter("page", text, form: form)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test("commands, outputs, files and needs are found")
    func parts() throws {
        let chapter = try Chapter(
            "page",
            """
            # Title
            <!-- needs: root curl -->
            ```file a/b.txt
            one

            two
            ```
            ```console
            $ cat a/b.txt \\
                | head -n 1
            one
            $ true
            ```
            ```file a/b.txt append
            three
            ```
            ```console not-run it wants a host with Xen
            $ xl list
            …
            ```
            """)
        #expect(chapter.title == "Title" && chapter.needs == [.root, .curl] && chapter.runCount == 2 && chapter.notRunCount == 1)
        let commands = chapter.commands
        #expect(commands.map(\.text) == ["cat a/b.txt \\\n    | head -n 1", "true", "xl list"])
        #expect(commands.map(\.output.lines) == [["one"], [], ["…"]])
        #expect(commands.map(\.line) == [9, 12, 18] && commands[2].notRunReason == "it wants a host with Xen")
        let files = chapter.steps.compactMap { step in if case .file(let file) = step { file } else { nil } }
        #expect(files == [.init(line: 3, path: "a/b.txt", text: "one\n\ntwo\n", isAppended: false), .init(line: 14, path: "a/b.txt", text: "three\n", isAppended: true)])
    }

    @Test(
        "what is in no form is refused, with its reason",
        arguments: [
            ("# T\n```sh\n$ true\n```", "is no block of a chapter"),
            ("# T\n```\n$ true\n```", "is no block of a chapter"),
            ("# T\n```console run\n$ true\n```", "is no block of a chapter"),
            ("# T\n```consol\n$ true\n```", "is no block of a chapter"),
            ("# T\n    ```console\n    $ true\n    ```\n```", "three backticks"),
            ("# T\n````console\n$ true\n````", "three backticks"),
            ("# T\n~~~console\n$ true\n```", "three backticks"),
            ("# T\n```console\n$ true", "no end"),
            ("# T\n```console\ntrue\n```", "begins with `$ `"),
            ("# T\n```console\n```", "begins with `$ `"),
            ("# T\n```console\n$ true \\\n```", "goes on"),
            ("# T\n```console not-run\n$ true\n```", "needs a reason"),
            ("# T\n```file /etc/passwd\n```", "is no path"),
            ("# T\n```file a/../../b\n```", "is no path"),
            ("# T\n```file a prepend\n```", "is no block of a chapter"),
            ("# T\n<!-- needs: roots -->\n```console\n$ true\n```", "nothing is known"),
            ("```console\n$ true\n```", "no title"),
            ("# T\n\nText.", "no example is run"),
            ("# T\n```file a\nb\n```", "no example is run"),
            ("# T\n```console not-run it wants Xen\n$ xl list\n```", "no example is run"),
        ])
    func refused(text: String, part: String) throws {
        let found = try #require(self.reason(text), "it was taken")
        #expect(found.contains(part))
    }

    @Test("of other pages only blocks that say `run` are examples")
    func marked() throws {
        let text = "Text\n```\n$ xl list\n```\n```sh\nls\n```\n```console run\n$ true\n```\n````\n```console run\n````"
        let page = try Chapter("page", text, form: .marked)
        #expect(page.commands.map(\.text) == ["true"])
        #expect(try Chapter("page", "Text", form: .marked).steps.isEmpty)
        #expect(self.reason("```sh run\n$ true\n```", form: .marked)?.contains("is no block") == true)
    }

    @Test("recording changes what is named, and leaves the rest")
    func recording() throws {
        let chapter = try Chapter("page", "# T\n```console\n$ echo a\nb\nc\n$ echo d\n$ echo e\nf\n```\nend")
        #expect(chapter.recording([3: ["a"], 6: ["d", "d"]]) == "# T\n```console\n$ echo a\na\n$ echo d\nd\nd\n$ echo e\nf\n```\nend")
    }
}
