import Diagnostics
import Flask
import PolicyAnalysis
import PolicyCompiler

/// Where in a source a rule about two types belongs.
struct InsertionPlaces<Reader: SourceReader> {
    private let build: SourceBuild<Reader>
    private let analysed: AnalysedPolicy
    /// The statements that allow a wanted rule's source something.
    private let statements: [UInt32: [AnalysedPolicy.AllowStatement]]
    private let wanted: [WantedRule]
    private var lines: [String: StatementLines] = [:]

    init(_ build: SourceBuild<Reader>, _ analysed: AnalysedPolicy, _ wanted: [WantedRule]) {
        self.build = build
        self.analysed = analysed
        self.wanted = wanted
        statements = analysed.allowStatements(of: Set(wanted.map(\.source)))
    }

    /// The places to try, the best first: behind the last rule about the two types or else about the source, where the source is declared
    /// rather than elsewhere; behind the declaration; at the end of its file.
    mutating func places(for rule: Int) -> [(file: String, line: Int)] {
        let wanted = wanted[rule]
        var found: [(file: String, line: Int)] = []
        func add(_ place: (file: String, line: Int)?) {
            if let place, !found.contains(where: { $0 == place }) { found.append(place) }
        }
        let declaration = analysed.declaration(ofType: Name(wanted.sourceName))
        let home = declaration.map(file)
        let own = (statements[wanted.source] ?? []).filter { isModule(file($0.place)) }
        let beside = own.filter { $0.target == wanted.target }
        add(behind((beside.last { file($0.place) == home } ?? beside.last ?? own.last { file($0.place) == home })?.place))
        add(behind(declaration))
        if let home, isModule(home), let end = statementLines(home)?.last { add((home, end)) }
        return found
    }

    private func file(_ place: WrittenPlace) -> String {
        // In trees before Xen 4.2 what is read is put together of lines of the author's files.
        if case .tree = build.source { place.location.file } else { place.file }
    }

    private func isModule(_ file: String) -> Bool {
        if case .tree = build.source { file.hasSuffix(".te") } else { true }
    }

    private mutating func behind(_ place: WrittenPlace?) -> (file: String, line: Int)? {
        guard let place else { return nil }
        let file = file(place)
        guard isModule(file), let lines = statementLines(file) else { return nil }
        var line = place.location.line
        if case .text(_, let bytes) = build.source {
            guard place.offset <= bytes.count else { return nil }
            line = 1 + bytes[..<place.offset].count { $0 == UInt8(ascii: "\n") }
        }
        return lines.place(behind: line).map { (file, $0) }
    }

    private mutating func statementLines(_ file: String) -> StatementLines? {
        if let known = lines[file] { return known }
        guard let bytes = build.contents(of: file) else { return nil }
        var hasMacros = true
        if case .text = build.source { hasMacros = false }
        let found = StatementLines(bytes, hasMacros: hasMacros)
        lines[file] = found
        return found
    }
}
