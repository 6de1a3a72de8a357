import Diagnostics
import TestSupport

/// A source map and diagnostics without any sense: bytes that are not UTF-8, spans outside of all files, macro
/// calls that call themselves.
struct RandomInput {
    var map = SourceMap()
    var diagnostics: [Diagnostic] = []

    private static let pieces: [[UInt8]] = [
        Array("allow ".utf8), Array("\n".utf8), Array("\r\n".utf8), Array("\t".utf8), Array("é字🦊".utf8),
        Array("e\u{301}\u{202E}".utf8), [0xFF], [0xE5, 0xAD], [0xED, 0xA0, 0x80], [0], [0x1B, 0x5B, 0x32, 0x4A],
        Array("{create}".utf8), Array(repeating: UInt8(ascii: "x"), count: 70), [0x80, 0x80, 0x80, 0x80],
    ]

    init(_ random: inout SplitMix64) {
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let bytes = (0..<Int.random(in: 0...60, using: &random)).flatMap { _ in Self.piece(&random) }
            _ = try? map.add(name: Self.text(&random), bytes: bytes)
        }
        for _ in 0..<Int.random(in: 0...3, using: &random) { _ = map.addMacro(named: Self.text(&random)) }
        for _ in 0..<Int.random(in: 0...20, using: &random) {
            _ = map.add(
                MacroExpansion(
                    macro: .random(in: 0...5, using: &random), call: position(&random), parent: expansion(&random)))
        }
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            map.addLineMarker(
                at: position(&random), file: Self.text(&random),
                line: [.min, .max, 0, Int.random(in: 1...9999, using: &random)].randomElement(using: &random) ?? 0)
        }
        for _ in 0..<20 { diagnostics.append(diagnostic(&random)) }
    }

    private func diagnostic(_ random: inout SplitMix64) -> Diagnostic {
        let severities: [Diagnostic.Severity] = [.error, .warning, .note]
        var diagnostic = Diagnostic(
            Diagnostic.Code(Self.text(&random)), severities.randomElement(using: &random) ?? .error,
            Self.text(&random), at: span(&random))
        if Bool.random(using: &random) { diagnostic.primaryLabel = Self.text(&random) }
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            diagnostic.labels.append(.init(span(&random), Self.text(&random)))
        }
        for _ in 0..<Int.random(in: 0...2, using: &random) { diagnostic.notes.append(Self.text(&random)) }
        if Bool.random(using: &random) { diagnostic.help = Self.text(&random) }
        if Bool.random(using: &random) { diagnostic.suggestion = .init(span(&random), Self.text(&random)) }
        return diagnostic
    }

    private func span(_ random: inout SplitMix64) -> Span {
        let lengths: [Int] = [
            .min, -1, 0, .max, .random(in: 0...9, using: &random), .random(in: 0...900, using: &random),
        ]
        return Span(
            start: position(&random), length: lengths.randomElement(using: &random) ?? 0, expansion: expansion(&random))
    }

    private func position(_ random: inout SplitMix64) -> SourcePosition {
        let end = map.files.last.map { Int($0.start.rawValue) + $0.bytes.count } ?? 0
        let isInside = Int.random(in: 0..<10, using: &random) > 0
        return SourcePosition(rawValue: .random(in: 0...(isInside ? UInt32(end) + 3 : .max), using: &random))
    }

    private func expansion(_ random: inout SplitMix64) -> MacroExpansion.ID {
        let isInside = Int.random(in: 0..<10, using: &random) > 0
        return MacroExpansion.ID(rawValue: .random(in: 0...(isInside ? 21 : .max), using: &random))
    }

    private static func piece(_ random: inout SplitMix64) -> [UInt8] {
        pieces.randomElement(using: &random) ?? []
    }

    private static func text(_ random: inout SplitMix64) -> String {
        let bytes = (0..<Int.random(in: 0...3, using: &random)).flatMap { _ in piece(&random) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
