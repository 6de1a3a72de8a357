import Foundation
import TestSupport

/// The chapters in `Documentation/handbook`.
enum Handbook {
    static let folder = BuiltPackage.repository.appending(path: "Documentation/handbook")

    /// The names of the chapters' files, in their order.
    static func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".md") && $0 != "README.md" }.sorted()
    }

    static func chapter(_ name: String) throws -> Chapter {
        try Chapter("Documentation/handbook/" + name, String(contentsOf: folder.appending(path: name), encoding: .utf8))
    }

    /// Pages that are no chapters, and have examples that are run all the same.
    static func markedPages() throws -> [Chapter] {
        try MarkdownPage.all().map(\.path).filter { !$0.hasPrefix("Documentation/handbook/") && !$0.hasPrefix("Documentation/diagnostics/") }.compactMap { path in
            let page = try Chapter(path, String(contentsOf: BuiltPackage.repository.appending(path: path), encoding: .utf8), form: .marked)
            return page.steps.isEmpty ? nil : page
        }
    }

    /// A line of the table of contents: which chapter, and how much of it is run.
    static func contentsLine(_ name: String, _ chapter: Chapter) -> String {
        "| [\(chapter.title)](\(name)) | \(chapter.runCount) | \(chapter.notRunCount) |"
    }
}
