@testable import AuditLog
import Flask
import Foundation
import TestSupport
import Testing

@Suite("Decisions that are alike are counted together")
struct DenialTallyTests {
    private static func tally(_ bytes: [UInt8]) -> DenialTally {
        var (reader, tally) = (LogReader(), DenialTally())
        reader.read(bytes.span, into: &tally)
        reader.finish(into: &tally)
        return tally
    }

    @Test("Counts are those of a dictionary over records, for random logs")
    func counts() {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        for _ in 0..<20 {
            let bytes = RandomLog.bytes(&random, lines: 400)
            var expected: [AuditRecord: UInt64] = [:]
            for entry in CollectingSink.read(bytes).found.records {
                var record = entry.record
                record.subject = AuditSubject()
                expected[record, default: 0] += 1
            }
            var found: [AuditRecord: UInt64] = [:]
            for cell in Self.tally(bytes).all {
                found[cell.record, default: 0] += cell.count
                #expect(cell.count == cell.domains.reduce(0) { $0 + $1.count } + cell.otherDomains)
                // Dates come before lines.
                if case (.date(let first), .date(let last)) = (cell.first.time, cell.last.time), first != last {
                    #expect(first < last)
                } else {
                    #expect(cell.first.line <= cell.last.line)
                }
            }
            #expect(found == expected, "seed \(seed)")
        }
    }

    @Test("Times fall where they belong, however far apart they are and in whatever order they come")
    func times() throws {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        for _ in 0..<60 {
            let spread = UInt64(1) << UInt64(20 + random.below(34))
            let times = (0..<200).map { _ in Int64(UInt64.random(in: 0..<spread, using: &random)) - Int64(spread / 2) }
            var axis = TimeAxis(times[0])
            var counts = [UInt32](repeating: 0, count: TimeAxis.count)
            for time in times {
                if axis.place(of: time) == nil {
                    let fold = axis.reach(time)
                    try #require(fold != nil)
                    fold?(&counts)
                }
                counts[try #require(axis.place(of: time))] += 1
            }
            var expected = [UInt32](repeating: 0, count: TimeAxis.count)
            for time in times { expected[try #require(axis.place(of: time))] += 1 }
            #expect(counts == expected, "seed \(seed)")
        }
        var axis = TimeAxis(0)
        let (least, greatest) = (axis.reach(.min) == nil, axis.reach(.max) == nil)
        #expect(least && greatest && axis == TimeAxis(0))
    }

    @Test("Beyond the limits is counted, and memory stays")
    func limits() {
        var text = ""
        for number in 0..<(DenialTally.cellLimit + 100) {
            text += "(XEN) avc:  denied  { x } for source=d\(number % 60) target=d1 device=0x\(String(number + 1, radix: 16)) scontext=a:b:t\(number) tcontext=a:b:c tclass=mmu\n"
        }
        let tally = Self.tally(Array(text.utf8))
        #expect(tally.count == DenialTally.cellLimit && tally.untold == 100)
        var same = ""
        for number in 0..<500 {
            same += "(XEN) avc:  denied  { x } for source=d\(number) target=d1 device=0x\(String(number + 1, radix: 16)) scontext=a:b:t tcontext=a:b:c tclass=mmu\n"
        }
        let cell = Self.tally(Array(same.utf8)).all[0]
        #expect(cell.domains.count == DenialTally.pairLimit && cell.otherDomains == UInt64(500 - DenialTally.pairLimit))
        #expect(cell.objects.count == DenialTally.objectLimit && cell.hasMoreObjects && cell.count == 500)
    }
}
