import Testing

@testable import Hypervisor

/// The language in which a guest's processor is told what to do.
@Suite struct ProcessorScriptTests {
    private struct NoAnswer: Error {}

    /// A world in which each place keeps what is written to it.
    private func run(_ text: String, reading: [UInt64: [UInt64]] = [:]) throws -> (log: [String], outcomes: [ProcessorScript.Outcome]) {
        let (script, mistakes) = ProcessorScript.parse(text)
        try #require(mistakes.isEmpty, "\(mistakes)")
        var log: [String] = []
        var outcomes: [ProcessorScript.Outcome] = []
        var left = reading
        _ = try script.run(sleep: { log.append("sleep \($0)") }, report: { outcomes.append($0) }) { (access) throws(NoAnswer) in
            let place = "\(access.space) 0x\(String(access.address, radix: 16)) \(access.size)"
            if let written = access.written {
                log.append("\(place) = 0x\(String(written, radix: 16))")
                return 0
            }
            log.append(place)
            return left[access.address]?.isEmpty == false ? left[access.address]?.removeFirst() ?? 0 : 0
        }
        return (log, outcomes)
    }

    @Test func eachStepIsItsAccesses() throws {
        let (log, outcomes) = try run(
            """
            out 0x80 byte 1   # a comment
            text 0x3f8 "a #\\n\\""

            write 0x1000 quad 0x1122334455667788
            pci write 00:02.1 0x3d word 0x1234
            wait 20
            in 0x3fd byte => 0x60
            pci read 01:1f.7 0x0e byte => 0
            """, reading: [0x3fd: [0x60]])
        #expect(
            log == [
                "port 0x80 1 = 0x1", "port 0x3f8 1 = 0x61", "port 0x3f8 1 = 0x20", "port 0x3f8 1 = 0x23", "port 0x3f8 1 = 0xa",
                "port 0x3f8 1 = 0x22", "memory 0x1000 8 = 0x1122334455667788", "port 0xcf8 4 = 0x8000113c",
                "port 0xcfd 2 = 0x1234", "sleep 20", "port 0x3fd 1", "port 0xcf8 4 = 0x8001ff0c", "port 0xcfe 1",
            ])
        #expect(outcomes.map(\.isExpected) == [Bool](repeating: true, count: 7))
        #expect(outcomes.compactMap(\.value) == [0x60, 0])
    }

    @Test func whatIsNotAsExpectedEndsIt() throws {
        let (log, outcomes) = try run("in 0x80 byte => 1 mask 0xf\nin 0x81 byte", reading: [0x80: [0x12]])
        #expect(log == ["port 0x80 1"])
        #expect(outcomes.map(\.isExpected) == [false])
        #expect(outcomes.first?.value == 0x12)
    }

    @Test func untilReadsAgain() throws {
        let (log, outcomes) = try run("read 0x10 long until 0x20 mask 0x20", reading: [0x10: [0, 1, 0x21]])
        #expect(log.filter { $0 == "sleep 1" }.count == 2)
        #expect(outcomes.map(\.value) == [0x21])
    }

    @Test func mistakesAreToldWithTheirLines() {
        let lines: [(String, String)] = [
            ("jump 1", "`jump` begins no step: it is `in`, `out`, `read`, `write`, `pci`, `text` or `wait`"),
            ("out 0x80 byte", "`out` is an address, a size and a number: `out 0x80 byte 1`"),
            ("out 0x80 byte 256", "0x100 does not fit a `byte`"),
            ("in 0x10000 byte", "`0x10000` is no port of a `byte`: ports end at 0xffff, and are not read by quads"),
            ("in 0x80 bit", "`bit` is no size: `byte`, `word`, `long` and `quad` are"),
            ("in x byte", "`x` is no number"),
            ("in 0x80 byte = 1", "behind an access stands `=> VALUE`, `until VALUE`, or those with `mask MASK`"),
            ("text 0x3f8 \"a", "the text has no second `\"`"),
            ("text 0x3f8 \"\\q\"", "behind a `\\` stands `n`, `r`, `t`, `\"` or `\\`"),
            ("pci read 00:20.0 0 long", "`00:20.0` is no PCI device: `00:02.0` is one"),
            ("pci read 00:02.0 256 long", "a device has 256 bytes of configuration, none at `256`"),
            ("pci read 00:02.0 0 long until 1", "`until` stands behind `in` and `read` only"),
            ("wait 60001", "`wait` is a number of milliseconds, 60000 at most"),
        ]
        let (script, mistakes) = ProcessorScript.parse(lines.map(\.0).joined(separator: "\n"))
        #expect(script.steps.isEmpty)
        #expect(mistakes.map(\.line) == Array(1...lines.count))
        #expect(mistakes.map(\.message) == lines.map(\.1))
    }
}
