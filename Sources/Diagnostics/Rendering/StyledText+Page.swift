/// The lines of a diagnostic's page, each with its frame: line numbers and bars to the left.
extension StyledText {
    mutating func putHeader(of diagnostic: Diagnostic) {
        let code = diagnostic.code.name
        let tag = code.isEmpty ? "" : "[\(code)]"
        put(diagnostic.severity.rawValue + tag, .severity(diagnostic.severity))
        put(": \(diagnostic.message)", .strong)
        endLine()
    }

    mutating func putArrow(_ sign: String, _ location: SourceLocation) {
        space(gutter)
        put(sign, .gutter)
        put(" \(location)")
        endLine()
    }

    mutating func putBar() {
        beginBar()
        endLine()
    }

    mutating func putSource(_ excerpt: Excerpt, line: Int) {
        let number = String(line)
        space(gutter - number.utf8.count)
        put("\(number) |", .gutter)
        if !excerpt.text.isEmpty { space() }
        put(excerpt)
        endLine()
    }

    /// Signs under the given columns of an excerpt, and what they mean.
    mutating func putMark(_ columns: Range<Int>, sign: UInt8, _ message: String, _ role: Role) {
        beginBar()
        space(1 + columns.lowerBound)
        put(sign, times: columns.count, role)
        if !message.isEmpty { put(" \(message)", role) }
        endLine()
    }

    mutating func putRemark(_ title: String, _ text: String) {
        space(gutter + 1)
        put("= ", .gutter)
        put(title, .strong)
        put(text)
        endLine()
    }

    private mutating func beginBar() {
        space(gutter + 1)
        put("|", .gutter)
    }
}
