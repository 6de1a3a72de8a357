public import Diagnostics

/// How the mistakes of a policy's source are told, as the compiler tells them.
public enum SourceMistakes {
    /// The first errors, with their places, and how many there are.
    public static func text(_ diagnostics: [Diagnostic], in map: SourceMap, isColoured: Bool) -> [UInt8] {
        var list = DiagnosticList(errorLimit: 20)
        for diagnostic in diagnostics where diagnostic.severity == .error { list.append(diagnostic) }
        let renderer = TextRenderer(style: isColoured ? .ansi : .plain)
        return renderer.render(list.sorted, in: map) + renderer.summary(of: list.counts) + [UInt8(ascii: "\n")]
    }
}
