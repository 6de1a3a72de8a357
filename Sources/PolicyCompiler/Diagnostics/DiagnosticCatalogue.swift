public import Diagnostics
import Spelling

/// Every code of a diagnostic, with one sentence about it. The pages in Documentation/diagnostics say more.
public enum DiagnosticCatalogue {
    /// What a diagnostic is about.
    public enum Area: String, Hashable, Sendable, CaseIterable {
        case syntax, names, rules, blocks, contexts, mls, checks, releases, xen, lints, macros, trees, images, policies
    }

    public struct Entry: Hashable, Sendable {
        public let code: Diagnostic.Code
        public let area: Area
        /// One sentence.
        public let summary: String

        init(_ code: String, _ area: Area, _ summary: String) {
            self.code = Diagnostic.Code(code)
            self.area = area
            self.summary = summary
        }
    }

    /// What a SARIF log says about the codes.
    public static var rules: [Diagnostic.Code: SARIFRenderer.Rule] {
        Dictionary(uniqueKeysWithValues: entries.map { ($0.code, SARIFRenderer.Rule(summary: $0.summary)) })
    }

    /// The code that somebody may have meant by one that does not exist.
    public static func nearest(to code: String) -> String? {
        Spelling.guess(code, among: entries.map(\.code.name))?.name
    }
}
