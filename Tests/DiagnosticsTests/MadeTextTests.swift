import Diagnostics
import Testing

@Suite("Text that the tool made of files and reads again") struct MadeTextTests {
    @Test("stands where an author wrote it, through several makings")
    func places() throws {
        var map = SourceMap()
        let author = try map.add(name: "author.if", bytes: Array("first\nsecond third\n".utf8))
        var first = MappedText()
        first.append("# made\n".utf8)
        first.append(MappedText(author), 6..<18)
        let once = try map.add(name: "tmp/once", made: first)
        var second = MappedText()
        second.append(MappedText(once), 7..<once.bytes.count)
        second.append("\n".utf8, at: author.start)
        let twice = try map.add(name: "tmp/twice", made: second)

        #expect(map.location(of: twice.span(0, 6).start)?.description == "author.if:2:1")
        #expect(map.location(of: twice.span(7, 5).start)?.description == "author.if:2:8")
        #expect(map.location(of: twice.span(12, 1).start)?.description == "author.if:1:1")
        // What the tool wrote itself stands in the text that it made.
        #expect(map.location(of: once.span(2, 4).start)?.description == "tmp/once:1:3")
        #expect(map.written(twice.span(0, 6)) == author.span(6, 6))

        let shown = TextRenderer().render([Diagnostic("c", .error, "m", at: twice.span(7, 5))], in: map)
        #expect(String(decoding: shown, as: UTF8.self).contains("2 | second third"))
    }
}
