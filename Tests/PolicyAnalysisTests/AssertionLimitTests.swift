import Diagnostics
import Flask
import Foundation
import PolicyAnalysis
import TestSupport
import Testing

@Suite("Assertions that would take too long are refused, and say so")
struct AssertionLimitTests {
    private func check(
        _ text: String, _ policy: AnalysedPolicy, steps: Int = 1 << 26, decisions: Int = 4_000_000
    ) throws -> AssertionTests.Checked {
        var checked = AssertionTests.Checked()
        let file = AssertionFile(try checked.map.add(name: "a.assertions", bytes: Array(text.utf8)), diagnostics: &checked.diagnostics)
        checked.results = try policy.check(file, diagnostics: &checked.diagnostics, steps: steps, decisions: decisions).flatMap(\.results)
        return checked
    }

    @Test("What would take too long is refused: pairs, and booleans")
    func limits() throws {
        let types = (0..<1_200).map { "type type\($0)_t;" }.joined(separator: "\n")
        let booleans = (0..<12).map { "bool b\($0) false;" }.joined(separator: "\n")
        let condition = (0..<12).map { "b\($0)" }.joined(separator: " && ")
        let text = SmallPolicy.text.replacingOccurrences(of: "type xen_t;", with: "type xen_t;\n\(types)")
            .replacingOccurrences(of: "bool strict false;", with: "bool strict false;\n\(booleans)")
            .replacingOccurrences(of: "role system_r;", with: "if (\(condition)) { allow dom0_t xen_t:xen kexec; }\nrole system_r;")
        let policy = try AnalysedPolicy(Array(text.utf8), named: "large.conf")
        #expect(try check("allow * *:domain create", policy).text.contains("assertion-too-large"))
        #expect(try check("deny dom0_t xen_t:xen kexec", policy).text.contains("more than 10 booleans"))
        #expect(try check("deny dom0_t xen_t:xen kexec with b0=on b1=on b2=off\ndeny * *:xen kexec with first booleans", policy).results.map(\.outcome) == [.holds, .holds])
    }

    @Test("All rules share the steps through members of attributes")
    func steps() throws {
        let small = try SmallPolicy.analysed()
        let line = "deny * self:domain create"
        #expect(try check(line, small, steps: 100).results.first?.failureCount == 1)
        let refused = try check(line, small, steps: 1)
        #expect(refused.results.isEmpty && refused.text.contains("assertion-too-large") && refused.text.contains("more than 1 steps"))
        // A rule about two sets that have nothing in common is looked through for a type that is in both.
        let types = (0..<500).map { "type type\($0)_t, \($0 % 2 == 0 ? "even_type" : "odd_type");" }
        let text = SmallPolicy.text.replacingOccurrences(
            of: "type xen_t;", with: (["attribute odd_type;", "attribute even_type;", "type xen_t;"] + types).joined(separator: "\n")
        ).replacingOccurrences(
            of: "role system_r;", with: "allow odd_type even_type:domain create;\nallow even_type odd_type:domain create;\nrole system_r;")
        let policy = try AnalysedPolicy(Array(text.utf8), named: "disjoint.conf")
        let disjoint = "deny { odd_type even_type } self:domain create"
        #expect(try check(disjoint, policy).results.first?.outcome == .holds)
        // One of the rules would do with these.
        #expect(try check("deny odd_type self:domain create", policy, steps: 400).results.first?.outcome == .holds)
        #expect(try check(disjoint, policy, steps: 400).text.contains("more than 400 steps"))
    }

    @Test("All values of booleans share the decisions about contexts: what might be is possible then, and a failure says so")
    func decisions() throws {
        let text = FlowOfThree.text.replacingOccurrences(
            of: "sid xen system_u", with: "constrain grant { map_read map_write } (u1 != u2);\nsid xen system_u")
        let policy = try AnalysedPolicy(Array(text.utf8), named: "constrained.conf")
        #expect(try check("no flow a_t c_t", policy).results.first?.outcome == .holds)
        let result = try check("no flow a_t c_t", policy, decisions: 1).results.first
        #expect(result?.outcome == .fails)
        #expect(result?.failures.first?.text == "information goes from `a_t` to `c_t`, if what would take too many decisions to know is possible")
    }
}
