import Foundation
import JSON
import Testing
import TestSupport

@Suite("JSON that is written is read again, and any bytes are JSON or a mistake")
struct JSONRoundTripTests {
    private static func string(_ random: inout SplitMix64) -> String {
        let scalars = (0..<random.below(12)).compactMap { _ in
            Unicode.Scalar(UInt32(random.below(random.pick([0x30, 0x80, 0x800, 0x1_0000, 0x11_0000]))))
        }
        return String(String.UnicodeScalarView(scalars))
    }

    private static func value(_ random: inout SplitMix64, depth: Int = 0) -> JSONValue {
        switch random.below(depth < 5 ? 9 : 7) {
        case 0: return .null
        case 1: return .boolean(random.percent(50))
        case 2: return .integer(Int64(bitPattern: random.next()) >> Int64(random.below(64)))
        case 3: return .integer(random.pick([.min, .max, 0, -1]))
        case 4:
            let number = Double(bitPattern: random.next())
            return .number(number.isFinite ? number : -0.0)
        case 5: return .number(random.pick([0, 1, -1, 0.1, 1e15, 1e16, 1e17, 1e-5, .leastNonzeroMagnitude, .greatestFiniteMagnitude]))
        case 6: return .string(string(&random))
        case 7: return .array((0..<random.below(5)).map { _ in value(&random, depth: depth + 1) })
        default:
            return .object(JSONObject((0..<random.below(random.percent(5) ? 40 : 5)).map { _ in
                JSONObject.Member(string(&random), value(&random, depth: depth + 1))
            }))
        }
    }

    @Test("What is written is read as it was")
    func roundTrip() throws {
        var random = SplitMix64(seed: RandomTest.seed())
        for _ in 0..<3_000 {
            let value = Self.value(&random)
            for indented in [false, true] {
                let bytes = value.bytes(indented: indented)
                let read = try JSONValue(parsing: bytes)
                #expect(read == value)
                // That tells zeros with signs apart as well.
                #expect(read.bytes(indented: indented) == bytes)
            }
        }
        #expect(JSONValue.array([.number(.nan), .number(.infinity)]).bytes() == Array("[null,null]".utf8))
    }

    @Test("Any bytes are JSON or a mistake within them, and Foundation takes whatever is taken here")
    func anyBytes() {
        var random = SplitMix64(seed: RandomTest.seed())
        let pieces = [
            "{", "}", "[", "]", ":", ",", "\"a\"", "\"b\"", "\"", "\\", "\\u", "\\ud800", "\\udc00", "0", "-", "1", ".", "5", "e", "E", "+", "true",
            "false", "null", " ", "\n", "\0", "\u{E9}", "9223372036854775807", "9", "/",
        ]
        var taken = 0
        for _ in 0..<20_000 {
            var bytes: [UInt8]
            switch random.below(3) {
            case 0: bytes = (0..<random.below(40)).map { _ in UInt8(random.below(256)) }
            case 1: bytes = (0..<random.below(16)).flatMap { _ in Array(random.pick(pieces).utf8) }
            default:
                bytes = Self.value(&random).bytes(indented: random.percent(50))
                for _ in 0...random.below(3) where !bytes.isEmpty {
                    let index = random.below(bytes.count)
                    switch random.below(3) {
                    case 0: bytes[index] = UInt8(random.below(256))
                    case 1: bytes.remove(at: index)
                    default: bytes.insert(contentsOf: Array(random.pick(pieces).utf8), at: index)
                    }
                }
            }
            let limits = JSONLimits(bytes: 1 + random.below(1_000), depth: random.below(6), values: random.below(30))
            do throws(JSONMistake) {
                let value = try JSONValue(parsing: bytes, limits: random.percent(50) ? limits : JSONLimits())
                taken += 1
                #expect((try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil, "\(bytes)")
                #expect((try? JSONValue(parsing: value.bytes())) == value)
            } catch {
                #expect((0...bytes.count).contains(error.offset), "\(bytes)")
                #expect(!error.text.isEmpty)
            }
        }
        #expect(taken > 500)
    }
}
