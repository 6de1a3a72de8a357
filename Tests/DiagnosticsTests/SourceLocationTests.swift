import Diagnostics
import Testing

struct SourceLocationTests {
    @Test func `Lines and columns without markers`() throws {
        var sources = Sources()
        let a = try sources.add("a", "x\nyé z\n")
        let b = try sources.add("b", "")
        #expect(sources.map.location(of: .unknown) == nil)
        #expect(sources.map.location(of: a.start) == SourceLocation(file: "a", line: 1, column: 1))
        #expect(sources.map.location(of: a.span(of: "z").start) == SourceLocation(file: "a", line: 2, column: 5))
        #expect(sources.map.location(of: a.start.advanced(by: 8)) == SourceLocation(file: "a", line: 3, column: 1))
        #expect(sources.map.location(of: b.start)?.description == "b:1:1")
        #expect(sources.map.location(of: b.start.advanced(by: 1)) == nil)
    }

    @Test func `Markers hold up to the next one and inside their file`() throws {
        var sources = Sources()
        let a = try sources.add("a", "0\n1\n2\n3\n")
        let b = try sources.add("b", "0\n")
        // Not in the order of the text, and one given twice.
        sources.map.addLineMarker(at: a.start.advanced(by: 6), file: "second", line: 10)
        sources.map.addLineMarker(at: a.start.advanced(by: 2), file: "wrong", line: 1)
        sources.map.addLineMarker(at: a.start.advanced(by: 2), file: "first", line: 5)
        sources.map.addLineMarker(at: .unknown, file: "nowhere", line: 5)
        let descriptions = [0, 2, 4, 5, 6, 8].map { sources.map.location(of: a.start.advanced(by: $0))?.description }
        #expect(descriptions == ["a:1:1", "first:5:1", "first:6:1", "first:6:2", "second:10:1", "second:11:1"])
        #expect(sources.map.location(of: a.start)?.isPresumed == false)
        #expect(sources.map.location(of: a.start.advanced(by: 2))?.isPresumed == true)
        #expect(sources.map.location(of: b.start) == SourceLocation(file: "b", line: 1, column: 1))
    }

    @Test func `Absurd line numbers do no harm`() throws {
        var sources = Sources()
        let a = try sources.add("a", "0\n1\n")
        sources.map.addLineMarker(at: a.start, file: "x", line: .max)
        sources.map.addLineMarker(at: a.start.advanced(by: 2), file: "x", line: .min)
        #expect(sources.map.location(of: a.start.advanced(by: 1))?.line == Int(UInt32.max))
        #expect(sources.map.location(of: a.start.advanced(by: 2))?.line == 0)
        let diagnostics = [0, 2].map { Diagnostic("c", .error, "m", at: a.span($0, 1)) }
        #expect(!TextRenderer().render(diagnostics, in: sources.map).isEmpty)
    }
}
