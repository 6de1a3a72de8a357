import AuditAnalysis
import PolicyAnalysis
import TestSupport
import Testing

@Suite("Suggestions for logs that somebody made")
struct SuggestionHostileTests {
    @Test("Names of a log get into no patch unless the policy has them")
    func names() throws {
        let names = [
            "domU_t;allow", "domU_t:s0", "`dom0_t'", "$1", "dom0_t')", "x\u{1b}[31m", "*", "~dom0_t", "-dom0_t", "self", "domain_type", "define", "", "{", "#",
            String(repeating: "a", count: 5_000),
        ]
        var lines: [String] = []
        for name in names {
            lines.append(Denials.line("system_u:system_r:\(name)", "domU_t", "domain", "pause"))
            lines.append(Denials.line("dom0_t", "system_u:system_r:\(name)", "domain", "pause"))
            lines.append(Denials.line("dom0_t", "domU_t", name, "pause"))
            lines.append(Denials.line("dom0_t", "domU_t", "domain", name))
        }
        let report = try SmallTree.report(lines)
        #expect(report.suggestions.isEmpty)
        #expect(report.patch == nil)
        #expect(!report.withoutSuggestion.isEmpty)
    }

    @Test("Logs of any bytes are answered", arguments: [5, 6])
    func anyBytes(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let words = [
            "(XEN) avc:  denied  { ", "pause ", "create ", "} for ", "domid=0 ", "scontext=", "tcontext=", "system_u:system_r:dom0_t ", "system_u:system_r:domU_t ",
            "tclass=domain\n", "tclass=mmu\n", "null", "ssid=4294967295 ", "\u{0}", "0xffffffff ", "\n",
        ].map { Array($0.utf8) }
        var log: [UInt8] = []
        for _ in 0..<4_000 {
            log += random.pick(words)
            if random.percent(5) { log.append(UInt8(truncatingIfNeeded: random.next())) }
            if random.percent(10) { log += Array((Denials.line("dom0_t", "domU_t", "domain", "pause") + "\n").utf8) }
        }
        for _ in 0..<200 { log[random.below(log.count)] = UInt8(truncatingIfNeeded: random.next()) }
        var limits = SuggestionLimits()
        limits.compilations = 12
        let cells = Denials.cells(log)
        let finder = try SuggestionFinder(.tree("tree"), reader: SmallTree.folder, options: SmallTree.options, limits: limits)
        let report = try finder.suggestions(for: cells)
        let known: Set = ["dom0_t", "domU_t", "self"]
        for line in report.suggestions.flatMap({ [$0] + $0.alternatives }).flatMap(\.text) {
            let names = line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.filter { $0.hasSuffix("_t") }.map(String.init)
            #expect(names.allSatisfy(known.contains), "seed \(seed): \(line)")
            #expect(line.utf8.allSatisfy { (0x20..<0x7f).contains($0) })
        }
        // The same again, to the letter.
        let again = try finder.suggestions(for: cells)
        #expect(again.suggestions.map(\.text) == report.suggestions.map(\.text))
        #expect(again.patch?.bytes == report.patch?.bytes)
    }
}
