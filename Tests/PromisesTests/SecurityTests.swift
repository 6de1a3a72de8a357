import Foundation
import TestSupport
import Testing

/// SECURITY.md's boundaries rest on what is there, and are tried by what SPECIFICATION.md promises.
@Suite struct SecurityTests {
    static func document() throws -> PromiseDocument {
        try PromiseDocument(file: "SECURITY.md", keys: ["rests on", "code", "breaks", "tried by"])
    }

    @Test("each boundary says who is hostile to whom, what it rests on, what breaks without it, and what tries it")
    func boundaries() throws {
        let promises = Set(try SpecificationTests.document().entries.map(\.identifier))
        let document = try Self.document()
        #expect(document.entries.count >= 10)
        for entry in document.entries {
            #expect(entry.text.hasPrefix("Hostile: "), "\(entry.identifier) does not say who is hostile")
            #expect(entry.values(of: "rests on").count >= 1 && entry.values(of: "breaks").count == 1, "\(entry.identifier)")
            let code = entry.values(of: "code").flatMap { $0.split(separator: " ").map(String.init) }
            #expect(!code.isEmpty, "\(entry.identifier) names no code")
            for path in code { #expect(Repository.has(path), "\(entry.identifier): there is no `\(path)`") }
            let tried = entry.values(of: "tried by").flatMap { $0.split(separator: " ").map(String.init) }
            #expect(!tried.isEmpty, "\(entry.identifier): nothing tries it")
            for promise in tried { #expect(promises.contains(promise), "\(entry.identifier): SPECIFICATION.md has no `\(promise)`") }
        }
    }

    @Test("the way to report a hole is still there")
    func reporting() throws {
        let text = try Repository.text("SECURITY.md")
        #expect(text.contains("## Report") && text.contains("security@xenproject.org"))
    }
}
