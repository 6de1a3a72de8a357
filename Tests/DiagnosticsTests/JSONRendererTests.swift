import Diagnostics
import Foundation
import Testing

struct JSONRendererTests {
    @Test func `Every part has its place`() throws {
        let policy = try Policy()
        let output = JSONRenderer(indented: true).render(policy.diagnostics, in: policy.sources.map)
        try Golden.expect(output, equals: "policy.json")
    }

    @Test func `Compact and indented say the same`() throws {
        let policy = try Policy()
        let compact = JSONRenderer().render(policy.diagnostics, in: policy.sources.map)
        let indented = JSONRenderer(indented: true).render(policy.diagnostics, in: policy.sources.map)
        #expect(compact.count { $0 == UInt8(ascii: "\n") } == 1)
        let a = try JSONSerialization.jsonObject(with: Data(compact)) as? NSDictionary
        let b = try JSONSerialization.jsonObject(with: Data(indented)) as? NSDictionary
        #expect(a != nil && a == b)
    }

    @Test func `No diagnostics, and counts from a list`() {
        var counts = DiagnosticCounts()
        counts.errors = 3
        counts.errorsNotShown = 3
        let output = JSONRenderer().render([], in: SourceMap(), counts: counts)
        #expect(String(decoding: output, as: UTF8.self) == #"{"version":1,"diagnostics":[],"summary":"#
            + #"{"errors":3,"warnings":0,"notes":0,"errorsNotShown":3,"complete":true},"result":null}"# + "\n")
    }

    @Test func `Presumed places name the file that was read, suggestions are made there`() throws {
        var sources = Sources()
        let file = try sources.add("policy.conf", "#line 7 \"a.te\"\nallow a\nb;\n")
        sources.map.addLineMarker(at: file.span(of: "allow").start, file: "a.te", line: 7)
        let diagnostic = Diagnostic(
            "x", .error, "m", at: file.span(of: "b;"), suggestion: .init(file.span(of: "a\nb"), "c"))
        let document = String(decoding: JSONRenderer().render([diagnostic], in: sources.map), as: UTF8.self)
        #expect(document.contains(
            #""primary":{"file":"a.te","line":8,"column":1,"endColumn":3,"byteOffset":23,"byteLength":2,"#
                + #""text":"b;","physical":{"file":"policy.conf","line":3}}"#))
        // The first `a` that a newline and a `b` follow.
        #expect(document.contains(
            #""location":{"file":"policy.conf","line":2,"column":7,"endLine":3,"endColumn":2,"#
                + #""byteOffset":21,"byteLength":3}"#))
    }

    @Test func `Text that is not UTF-8`() throws {
        var sources = Sources()
        let file = try sources.map.add(name: "t", bytes: [0x61, 0xFF, 0x22, 0x0A])
        let document = JSONRenderer().render([Diagnostic("x", .error, "m", at: file.span(0, 4))], in: sources.map)
        #expect(String(decoding: document, as: UTF8.self).contains(
            #""endColumn":4,"byteOffset":0,"byteLength":3,"text":"a"# + "\u{FFFD}" + #"\"""#))
    }
}
