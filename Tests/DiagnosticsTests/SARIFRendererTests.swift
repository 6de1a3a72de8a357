import Foundation
import Testing

@testable import Diagnostics

/// What our tools write is also held against `Documentation/schemas/sarif.schema.json`, by SchemaTests.
struct SARIFRendererTests {
    private let renderer = SARIFRenderer(
        tool: .init(name: "xsm-compile", version: "1.0", informationURI: "https://example.org/xsm"),
        rules: ["unknown-type": .init(summary: "A type is used but not declared.", helpURI: "https://example.org/t")],
        indented: true)

    @Test func `Every part has its place`() throws {
        let policy = try Policy()
        let output = renderer.render(policy.diagnostics, in: policy.sources.map)
        try Golden.expect(output, equals: "policy.sarif")
        let check = try SARIFCheck(output)
        #expect(check.results.count == policy.diagnostics.count)
        #expect(check.rules.compactMap { $0["id"] as? String }
            == ["double-space", "no-initial-sid", "unknown-permission", "unknown-type"])
    }

    private func columns(_ file: SourceFile, _ map: SourceMap, _ offset: Int, _ length: Int) throws -> [Int] {
        let diagnostic = Diagnostic("x", .error, "m", at: file.span(offset, length))
        let result = try #require(try SARIFCheck(renderer.render([diagnostic], in: map)).results.first)
        let location = try #require((result["locations"] as? [SARIFCheck.Object])?.first)
        let region = try #require((location["physicalLocation"] as? SARIFCheck.Object)?["region"] as? [String: Int])
        return try [#require(region["startColumn"]), #require(region["endColumn"])]
    }

    @Test func `Columns count code points`() throws {
        var sources = Sources()
        // One, two, three and four bytes; a stretch cut short; a stray byte.
        let text = Array("aé字🦊".utf8) + [0xE5, 0xAD, 0xFF] + Array("z\r\nb".utf8)
        let file = try sources.map.add(name: "t", bytes: text)
        #expect(try columns(file, sources.map, 0, 1) == [1, 2])
        #expect(try columns(file, sources.map, 1, 2) == [2, 3])
        #expect(try columns(file, sources.map, 3, 7) == [3, 5])
        #expect(try columns(file, sources.map, 10, 3) == [5, 7])
        #expect(try columns(file, sources.map, 13, 1) == [7, 8])
        #expect(try columns(file, sources.map, 13, 9) == [7, 8])
        #expect(try columns(file, sources.map, 15, 1) == [9, 9])
        #expect(try columns(file, sources.map, 16, 0) == [1, 1])
        // A boundary inside the fox takes the fox in.
        #expect(try columns(file, sources.map, 8, 1) == [4, 5])
    }

    @Test func `File names become URIs`() {
        #expect(SARIFResult.uri(ofFile: "a/b-1.te") == "a/b-1.te")
        #expect(SARIFResult.uri(ofFile: "././/a b%.te") == "a%20b%25.te")
        #expect(SARIFResult.uri(ofFile: "x:y") == "x%3Ay")
        #expect(SARIFResult.uri(ofFile: "/etc/é") == "file:///etc/%C3%A9")
        #expect(SARIFResult.uri(ofFile: "<stdin>\n") == "%3Cstdin%3E%0A")
        #expect(SARIFResult.uri(ofFile: "../up") == "../up")
    }

    @Test func `Presumed places, but fixes of the file that was read`() throws {
        var sources = Sources()
        let file = try sources.add("policy.conf", "type a;\n")
        sources.map.addLineMarker(at: file.start, file: "a.te", line: 0)
        let span = file.span(of: "a;")
        let output = SARIFRenderer(tool: .init(name: "t", version: "1")).render(
            [Diagnostic("x", .error, "", at: span, suggestion: .init(span, "b;"))], in: sources.map)
        _ = try SARIFCheck(output)
        let document = String(decoding: output, as: UTF8.self)
        #expect(document.contains(
            #""physicalLocation":{"artifactLocation":{"uri":"a.te"},"#
                + #""region":{"startLine":1,"startColumn":6,"endColumn":8}}"#))
        #expect(document.contains(
            #""artifactLocation":{"uri":"policy.conf"},"replacements":[{"deletedRegion":"#
                + #"{"startLine":1,"startColumn":6,"endLine":1,"endColumn":8},"insertedContent":{"text":"b;"}}]"#))
        #expect(document.contains(#""message":{"text":"(no message)"}"#))
    }
}
