import Foundation
import TestSupport

extension MarkdownPage {
    /// Links to files that are not there, or to headings that no page has, each with its place.
    func brokenLinks(pages: [String: MarkdownPage], exists: (String) -> Bool) -> [String] {
        links.compactMap { link in
            guard link.target.firstMatch(of: /^[a-z][a-z+.-]*:/) == nil else { return nil }
            let parts = link.target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let file = parts[0].isEmpty ? path : Self.resolved(parts[0], from: path)
            guard let file, exists(file) else { return "\(path):\(link.line): `\(link.target)` leads nowhere" }
            guard parts.count == 2 else { return nil }
            guard let page = pages[file] else { return "\(path):\(link.line): `\(link.target)` names a heading of what is no page" }
            return page.anchors.contains(parts[1]) ? nil : "\(path):\(link.line): `\(file)` has no heading `#\(parts[1])`"
        }
    }

    /// A path from the repository's folder; nil where it leads out of that.
    static func resolved(_ target: String, from page: String) -> String? {
        var parts = page.split(separator: "/").dropLast().map(String.init)
        for part in target.split(separator: "/") where part != "." {
            if part != ".." { parts.append(String(part)) } else if parts.popLast() == nil { return nil }
        }
        return parts.joined(separator: "/")
    }
}
