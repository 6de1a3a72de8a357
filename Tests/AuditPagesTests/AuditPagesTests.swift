import AuditPages
import AuditStore
import Foundation
import PageServer
import TestSupport
import Testing

@Suite("Pages say what they cannot show")
struct AuditPagesTests {
    private static func page(_ store: SQLiteStore, _ context: PageContext, _ path: String) -> (status: PageStatus, text: String) {
        var pages = AuditPages(store, context)
        let response = pages.response(to: PageRequest(.get, path))
        return (response.status, String(decoding: response.body, as: UTF8.self))
    }

    @Test("Suggestions that wait for others, and those for which there is no source, are told apart")
    func suggestions() throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteStore(folder.url.appendingPathComponent("db").path)
        let none = Self.page(store, PageContext(), "/suggest")
        #expect(none.status == .notFound && none.text.contains("--policy names it"))
        let busy = Self.page(store, PageContext(suggest: { _ in nil }), "/suggest")
        #expect(busy.status == .unavailable && busy.text.contains("load this page again"))
    }

    @Test("An empty store has pages, and a path that nobody has is none")
    func empty() throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteStore(folder.url.appendingPathComponent("db").path)
        for path in ["/", "/group", "/decisions", "/hosts", "/notices", "/style.css"] { #expect(Self.page(store, PageContext(), path).status == .ok, "\(path)") }
        #expect(Self.page(store, PageContext(), "/").text.contains("Nothing is kept yet"))
        #expect(Self.page(store, PageContext(), "/../etc/passwd").status == .notFound)
    }
}
