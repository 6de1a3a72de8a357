import Foundation
import TestSupport
import Testing

@Suite("Links in documents lead somewhere")
struct LinkTests {
    @Test("every link to a file or a heading")
    func links() throws {
        let pages = try MarkdownPage.all()
        #expect(pages.count > 100)
        #expect(pages.map(\.links.count).reduce(0, +) > 100)
        let byPath = Dictionary(uniqueKeysWithValues: pages.map { ($0.path, $0) })
        let broken = pages.flatMap { page in
            page.brokenLinks(pages: byPath) { FileManager.default.fileExists(atPath: BuiltPackage.repository.appending(path: $0).path) }
        }
        #expect(broken == [])
    }

    @Test("a link that leads nowhere is found, and none that leads somewhere")
    func found() {
        let a = MarkdownPage(
            "folder/a.md",
            """
            # A title, with `code`
            ## Again
            ## Again
            [b](../b.md) [b](../b.md#here-it-is) [self](#a-title-with-code) [second](#again-1) [web](https://example.org/#x) `[no](link.md)` [`c`](x/c)
            [gone](gone.md) [out](../../b.md) [heading](../b.md#there) [self](#nowhere) [no page](x/c#a)
            ```
            [no](link.md)
            # No heading
            ```
            """)
        let b = MarkdownPage("b.md", "# Here it is")
        let broken = a.brokenLinks(pages: ["folder/a.md": a, "b.md": b]) { ["folder/a.md", "b.md", "folder/x/c"].contains($0) }
        #expect(broken.count == 5)
        #expect(broken.allSatisfy { $0.hasPrefix("folder/a.md:5:") })
        #expect(!a.anchors.contains("no-heading"))
    }
}
