import Diagnostics
import PolicyCompiler

/// The macro processor: any text, with limits that end a runaway within the time of one input.
///
/// The first byte says what stands on the command line; the rest is the text. It can include itself, and a file with a
/// definition.
func exercise(_ bytes: [UInt8]) {
    guard let choice = bytes.first else { return }
    let text = Array(bytes.dropFirst())
    var options = MacroProcessor.Options(syncLines: choice & 1 != 0, warningsAreErrors: choice & 2 != 0)
    options.limits.calls = 5_000
    options.limits.outputBytes = 1 << 18
    options.limits.pendingPieces = 20_000
    options.limits.madeBytes = 1 << 18
    options.limits.scannedBytes = 4 << 20
    options.limits.expressionSteps = 50_000
    options.limits.nesting = 1_000
    var map = SourceMap()
    guard let first = try? map.add(name: "first", bytes: text),
        let second = try? map.add(name: "second", bytes: Array("a(b) `x'\n".utf8))
    else { return }
    let files = IncludedFiles(files: ["a": Array("define(`b', `[$1]')a\n".utf8), "b": text])
    let result = MacroProcessor.expand([first, second], options: options, reader: files, map: &map)
    check(result.text, limit: 1 << 19)
    for diagnostic in result.diagnostics { claim("a message says something", !diagnostic.message.isEmpty) }
    _ = TextRenderer(style: .plain).render(result.diagnostics, in: map)
    _ = JSONRenderer().render(result.diagnostics, in: map, counts: DiagnosticCounts(of: result.diagnostics))
}

/// Every byte has a place, and there are not more than the limits allow.
private func check(_ text: MappedText, limit: Int) {
    claim("the output keeps to its limit", text.bytes.count <= limit)
    claim("the places begin with the text", text.bytes.isEmpty || text.runs.first?.offset == 0)
    for (run, next) in zip(text.runs, text.runs.dropFirst()) {
        claim("the places are in order", run.offset < next.offset)
    }
    claim("no place stands behind the end", text.runs.last.map { Int($0.offset) < text.bytes.count } ?? true)
}

private struct IncludedFiles: SourceReader {
    let files: [String: [UInt8]]

    func contents(of path: String) throws(SourceReadError) -> [UInt8]? {
        if path == "unreadable" { throw SourceReadError(path: path, reason: "permission denied") }
        return files[path]
    }

    func entries(of directory: String) throws(SourceReadError) -> [String]? { nil }
}
