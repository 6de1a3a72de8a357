import Diagnostics
import Foundation
import TestSupport
import Testing

struct FuzzTests {
    @Test(arguments: 0..<150) func `No input makes a renderer fail`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let input = RandomInput(&random)
        var list = DiagnosticList(errorLimit: 5, warningsAreErrors: seed.isMultiple(of: 2))
        list.append(contentsOf: input.diagnostics)
        list.append(contentsOf: input.diagnostics)

        let width = Int.random(in: -1...200, using: &random)
        for style in [TextRenderer.Style.plain, .ansi] {
            let renderer = TextRenderer(style: style, excerptWidth: width)
            let text = try #require(String(validating: renderer.render(list.sorted, in: input.map), as: UTF8.self))
            guard style == .plain else { continue }
            let harmful = text.unicodeScalars.filter {
                $0.properties.generalCategory == .format || $0.properties.generalCategory == .control && $0 != "\n"
            }
            #expect(harmful.isEmpty)
            #expect(renderer.render(list.sorted, in: input.map) == Array(text.utf8))
        }

        let json = JSONRenderer(indented: seed.isMultiple(of: 3)).render(input.diagnostics, in: input.map)
        try checkLocations(json, input)
        let sarif = SARIFRenderer(tool: .init(name: "t", version: "1")).render(input.diagnostics, in: input.map)
        #expect(try SARIFCheck(sarif).results.count == input.diagnostics.count)
    }

    /// The renderers find lines by an index, the source map by walking: they must agree.
    private func checkLocations(_ json: [UInt8], _ input: RandomInput) throws {
        let document = try #require(try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any])
        let written = try #require(document["diagnostics"] as? [[String: Any]])
        #expect(written.count == input.diagnostics.count)
        for (object, diagnostic) in zip(written, input.diagnostics) {
            let location = input.map.location(of: diagnostic.primary.start)
            let primary = object["primary"] as? [String: Any]
            #expect(primary?["file"] as? String == location?.file)
            #expect(primary?["line"] as? Int == location?.line)
            #expect(primary?["column"] as? Int == location?.column)
            #expect((primary?["physical"] is [String: Any]) == (location?.isPresumed ?? false))
        }
    }

    @Test(arguments: 0..<200) func `Carets stand under what the span covers`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let alphabet = Array("abcdefgh01;:{}_".utf8)
        let bytes = (0..<400).map { _ -> UInt8 in
            switch Int.random(in: 0..<120, using: &random) {
            case 0: UInt8(ascii: "\n")
            case 1...4: UInt8(ascii: "\t")
            case 5: 0xFF
            default: alphabet.randomElement(using: &random) ?? 0
            }
        }
        var map = SourceMap()
        let file = try map.add(name: "f", bytes: bytes)
        let length = Int.random(in: 1...12, using: &random)
        let offset = Int.random(in: 0...bytes.count - length, using: &random)
        let covered = bytes[offset..<offset + length]
        guard covered.allSatisfy({ (0x21...0x7E).contains($0) }) else { return }

        let renderer = TextRenderer(excerptWidth: Int.random(in: 20...200, using: &random))
        let diagnostic = Diagnostic("c", .error, "m", at: file.span(offset, length))
        let shown = String(decoding: renderer.render([diagnostic], in: map), as: UTF8.self).split(separator: "\n")
        let source = Array(shown[3])
        let marks = Array(shown[4])
        let first = try #require(marks.firstIndex(of: "^"))
        #expect(String(source[first..<marks.count]) == String(decoding: covered, as: UTF8.self))
        #expect(source.count - shown[3].prefix { $0 != "|" }.count - 2 <= renderer.excerptWidth)
    }

    /// Walking from a file's start for every diagnostic would take minutes here.
    @Test func `Many diagnostics in a large file`() throws {
        var map = SourceMap()
        let lines = 120_000
        let line = Array("allow source_t target_t:domain { create pause unpause destroy };\n".utf8)
        let file = try map.add(name: "policy.conf", bytes: Array(repeatElement(line, count: lines).joined()))
        let diagnostics = (0..<2_000).map {
            Diagnostic("c", .error, "\($0)", at: file.span($0 * (lines / 2_000) * line.count + 6, 8))
        }
        let start = processorTime()
        let text = TextRenderer().render(diagnostics, in: map)
        #expect(text.count > 2_000 * 100)
        _ = JSONRenderer().render(diagnostics, in: map)
        _ = SARIFRenderer(tool: .init(name: "t", version: "1")).render(diagnostics, in: map)
        #expect(processorTime() - start < .seconds(20))
    }

    @Test func `Many diagnostics on one enormous line`() throws {
        var map = SourceMap()
        let file = try map.add(name: "policy.conf", bytes: [UInt8](repeating: UInt8(ascii: "x"), count: 2_000_000))
        let diagnostics = (0..<1_000).map { Diagnostic("c", .error, "m", at: file.span($0 * 1_999, 3)) }
        let start = processorTime()
        _ = TextRenderer().render(diagnostics, in: map)
        _ = SARIFRenderer(tool: .init(name: "t", version: "1")).render(diagnostics, in: map)
        #expect(processorTime() - start < .seconds(20))
    }
}
