import TestSupport
import Testing

@testable import Diagnostics

struct UTF8DecoderTests {
    /// The standard library's decoder is the reference, also for where ill-formed stretches end.
    @Test func `Agrees with the standard library`() {
        var random = SplitMix64(seed: RandomTest.seed())
        // Bytes that make interesting sequences likely.
        let alphabet: [UInt8] = [
            0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0,
            0xF1, 0xF4, 0xF5, 0xFF,
        ]
        for _ in 0..<20_000 {
            let bytes = (0..<6).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            var decoded = String.UnicodeScalarView()
            var offset = 0
            while offset < bytes.count {
                let step = UTF8Decoder.step(bytes, at: offset, end: bytes.count)
                decoded.append(step.scalar ?? "\u{FFFD}")
                offset += step.length
            }
            #expect(offset == bytes.count)
            #expect(Array(decoded) == Array(String(decoding: bytes, as: UTF8.self).unicodeScalars), "\(bytes)")
        }
    }
}
