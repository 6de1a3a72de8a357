/// Shows diagnostics to people: what is wrong, where, and the source text around it.
///
/// ```
/// error[unknown-type]: type `domu_t` is not declared
///   --> modules/dom0.te:14:14
///    |
/// 14 | allow dom0_t domu_t:domain create;
///    |              ^^^^^^ not declared
///    |
///   ::: modules/domU.te:3:6
///    |
///  3 | type domU_t;
///    |      ------ a similar name
///    |
///    = in expansion of `create_domain`, modules/dom0.te:14:1
///    = help: declare the type, or name one that is
///    = suggestion: replace `domu_t` with `domU_t`
/// ```
///
/// Labels on the primary span's line share its excerpt; others have excerpts of their own. Lines and files are
/// those that line markers presume, if there are any; columns count bytes, from 1. What a terminal would obey or
/// hide (control characters, marks of direction, bytes that are not UTF-8) is shown as an escape, be it in
/// sources, file names or messages; a tab takes four columns.
public struct TextRenderer: Sendable {
    public let style: Style
    /// How many columns of a source line are shown, at least 20; a longer line is cut around the span.
    public let excerptWidth: Int

    public init(style: Style = .plain, excerptWidth: Int = 160) {
        self.style = style
        self.excerptWidth = min(max(excerptWidth, 20), 10_000)
    }

    /// The diagnostics in the given order, each followed by an empty line: UTF-8.
    public func render(_ diagnostics: [Diagnostic], in map: SourceMap) -> [UInt8] {
        var locator = SourceLocator(map)
        var output = StyledText(style)
        for diagnostic in diagnostics {
            let page = TextPage(diagnostic, locator: &locator)
            page.write(to: &output, excerptWidth: excerptWidth, locator: &locator)
        }
        return output.bytes
    }

    /// One line such as `120 errors (20 not shown), 1 warning`: UTF-8, with the line end; empty if nothing was
    /// counted.
    public func summary(of counts: DiagnosticCounts) -> [UInt8] {
        let parts: [(severity: Diagnostic.Severity, count: Int, notShown: Int)] = [
            (.error, counts.errors, counts.errorsNotShown),
            (.warning, counts.warnings, 0),
            (.note, counts.notes, 0),
        ]
        var output = StyledText(style)
        for part in parts where part.count > 0 {
            if !output.bytes.isEmpty { output.put(", ") }
            output.put(Self.quantity(part.count, part.severity.rawValue), .severity(part.severity))
            if part.notShown > 0 { output.put(" (\(part.notShown) not shown)") }
        }
        if !output.bytes.isEmpty { output.endLine() }
        return output.bytes
    }

    private static func quantity(_ count: Int, _ noun: String) -> String {
        count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
    }
}
