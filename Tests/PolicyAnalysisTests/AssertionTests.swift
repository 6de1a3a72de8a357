import Diagnostics
import Flask
import Foundation
import PolicyAnalysis
import TestSupport
import Testing

@Suite("Assertions hold exactly where the policy is as they say")
struct AssertionTests {
    private static let seed = RandomTest.seed()

    struct Checked {
        var results: [AssertionResult] = []
        var diagnostics: [Diagnostic] = []
        var map = SourceMap()

        /// As the tool shows it.
        var text: String { String(decoding: TextRenderer().render(diagnostics, in: map), as: UTF8.self) }
    }

    static func check(_ text: String, _ policy: AnalysedPolicy) throws -> Checked {
        var checked = Checked()
        let file = AssertionFile(try checked.map.add(name: "a.assertions", bytes: Array(text.utf8)), diagnostics: &checked.diagnostics)
        guard checked.diagnostics.isEmpty else { return checked }
        checked.results = try policy.check(file, diagnostics: &checked.diagnostics).flatMap(\.results)
        return checked
    }

    /// The outcomes of lines about the small policy.
    private func outcomes(_ text: String, _ policy: AnalysedPolicy? = nil) throws -> [String] {
        let checked = try Self.check(text, policy ?? SmallPolicy.analysed())
        #expect(checked.diagnostics.isEmpty, "\(checked.text)")
        return checked.results.map(\.outcome.rawValue)
    }

    // MARK: Meaning

    @Test("About types, allow wants a rule for each pair, deny none for any; booleans as they say")
    func types() throws {
        let lines: [(String, String)] = [
            ("allow dom0_t domU_t:domain { create pause unpause }", "holds"),
            ("allow domain_type self:domain pause", "holds"),
            ("allow domain_type domain_type:domain pause", "fails"),
            ("allow { domain_type -domU_t } domain_type:domain { create pause }", "holds"),
            ("allow dom0_t guest_t:domain *", "fails"),
            ("allow dom0_t domU_t:domain { * -transition }", "holds"),
            ("deny domU_t { domain_type -self }:domain *", "holds"),
            ("deny domU_t domain_type:domain *", "fails"),
            ("deny * *:domain create except dom0_t", "holds"),
            ("deny * *:domain create", "fails"),
            ("deny * *:* { kexec transition }", "holds"),
            ("deny /^dom/ xen_t:/^x/ /kexec/", "holds"),
            // A constraint has its pause denied, which is about contexts.
            ("allow system_u:system_r:dom0_t system_u:vm_r:domU_t:domain { create pause }", "holds"),
            ("deny system_u:system_r:dom0_t system_u:vm_r:domU_t:domain { create pause }", "fails"),
            ("deny system_u:vm_r:domU_t { system_u:system_r:dom0_t system_u:system_r:irq_t }:domain *", "holds"),
            // `open` is on and `strict` off: the else branch of `strict && ! open` holds.
            ("allow domU_t irq_t:resource { use add }", "holds"),
            ("allow domU_t irq_t:resource use with any booleans", "holds"),
            ("allow domU_t irq_t:resource add with any booleans", "fails"),
            ("allow domU_t irq_t:resource add with strict=on open=off", "fails"),
            ("deny domU_t irq_t:resource add with strict=on open=off", "holds"),
            ("deny domU_t irq_t:resource add with strict=on", "fails"),
            ("deny domU_t irq_t:resource add with strict=on first booleans", "fails"),
            ("deny system_u:vm_r:domU_t system_u:system_r:irq_t:resource add with strict=on open=off", "holds"),
            ("allow system_u:vm_r:domU_t system_u:system_r:irq_t:resource add with any booleans", "fails"),
            ("transition dom0_t domU_t:domain irq_t", "holds"),
            ("transition dom0_t dom0_t:domain dom0_t", "holds"),
            ("transition dom0_t domU_t:resource irq_t", "fails"),
            ("transition system_u:system_r:domU_t? system_u:vm_r:domU_t:domain system_u:vm_r:domU_t", "skipped"),
            ("transition system_u:vm_r:domU_t system_u:system_r:dom0_t:domain system_u:vm_r:domU_t", "holds"),
            ("transition system_u:system_r:dom0_t system_u:vm_r:domU_t:domain system_u:system_r:irq_t", "fails"),
            ("deny nowhere_t? dom0_t:domain create", "skipped"),
            ("deny { nowhere_t? domU_t } dom0_t:domain { create }", "holds"),
            ("allow dom0_t domU_t:domain { pause sleep? }", "holds"),
            ("allow dom0_t domU_t:domain sleep?", "skipped"),
            ("allow dom0_t domU_t:{ domain domain2? } pause", "holds"),
            ("allow dom0_t domU_t:domain2? pause", "skipped"),
            ("deny system_u:vm_r:domU_t system_u:system_r:gone_t?:domain create", "skipped"),
            // What is taken away does not come back by `self`.
            ("allow domain_type { self -domU_t }:domain create", "holds"),
            ("allow domain_type { self -dom0_t }:domain create", "fails"),
            ("deny domain_type { self -domU_t -dom0_t irq_t }:domain pause", "holds"),
            ("deny domain_type { self -/^domU/ }:domain pause", "fails"),
            ("deny domU_t { domain_type self -domU_t }:domain pause", "holds"),
            ("deny domU_t { domain_type self -dom0_t }:domain pause", "fails"),
            // Contexts are taken away by both words.
            ("deny { system_u:system_r:dom0_t system_u:vm_r:domU_t } system_u:vm_r:domU_t:domain create", "fails"),
            ("deny { system_u:system_r:dom0_t system_u:vm_r:domU_t } system_u:vm_r:domU_t:domain create except system_u:system_r:dom0_t", "holds"),
            ("deny { system_u:system_r:dom0_t system_u:vm_r:domU_t } system_u:vm_r:domU_t:domain create except system_u:vm_r:domU_t", "fails"),
            ("deny { system_u:system_r:dom0_t system_u:vm_r:domU_t -system_u:system_r:dom0_t } system_u:vm_r:domU_t:domain create", "holds"),
            ("allow system_u:system_r:dom0_t { system_u:vm_r:domU_t system_u:system_r:irq_t }:domain create", "fails"),
            ("allow system_u:system_r:dom0_t { system_u:vm_r:domU_t system_u:system_r:irq_t -system_u:system_r:irq_t }:domain create", "holds"),
            ("deny system_u:vm_r:domU_t system_u:vm_r:domU_t:domain create except system_u:system_r:gone_t?", "holds"),
            ("allow domU_t irq_t:resource add with open=on open=on", "holds"),
        ]
        let found = try outcomes(lines.map(\.0).joined(separator: "\n"))
        for (line, outcome) in zip(lines, found) { #expect(line.1 == outcome, "\(line.0)") }
        #expect(found.count == lines.count)
    }

    @Test("What fails says why: the rules with their lines, or what stands against it")
    func reasons() throws {
        let policy = try SmallPolicy.analysed()
        let checked = try Self.check(
            """
            deny dom0_t domU_t:domain pause
            allow domU_t irq_t:resource add with strict=on open=off
            allow system_u:system_r:dom0_t system_u:system_r:irq_t:domain pause
            transition dom0_t domU_t:domain xen_t
            deny * *:domain pause
            """, policy)
        let failures = checked.results.map(\.failures)
        #expect(failures[0].count == 2 && failures[0].allSatisfy { $0.rules.first?.places?.count == 1 })
        #expect(failures[0].first?.text == "`dom0_t` may pause `domU_t:domain`")
        #expect(failures[1].first?.settings == [Boolean(name: "open", value: false), Boolean(name: "strict", value: true)])
        guard case .noRule(let disabled)? = failures[1].first?.explanation?.permissions.first?.obstacles.first else {
            Issue.record("\(failures[1])")
            return
        }
        #expect(disabled.first?.suffices == true)
        let obstacles = failures[2].first?.explanation?.permissions.first?.obstacles ?? []
        #expect(obstacles.contains { if case .constraint = $0 { true } else { false } } && obstacles.count == 2)
        #expect(failures[3].first?.text == "`dom0_t` in view of `domU_t:domain` gives `irq_t`" && failures[3].first?.rules.count == 1)
        #expect(checked.results[4].failureCount == 4)
    }

    // MARK: Permissive types

    /// Xen grants to a permissive source what is denied to it.
    @Test("Nothing is denied to a permissive type, and information goes everywhere by it, unless it is excepted")
    func permissiveTypes() throws {
        let text = SmallPolicy.text.replacingOccurrences(of: "type irq_t;", with: "type irq_t;\npermissive domU_t;")
        let policy = try AnalysedPolicy(Array(text.utf8), named: "permissive.conf")
        let lines: [(String, String)] = [
            ("deny domU_t dom0_t:domain create", "fails"),
            ("deny dom0_t xen_t:domain create", "holds"),
            // Its number is the index of the next type.
            ("deny irq_t dom0_t:domain create", "holds"),
            ("deny * dom0_t:domain create except { dom0_t domU_t }", "holds"),
            ("deny { domain_type -dom0_t } dom0_t:domain create except dom0_t", "fails"),
            // There is nothing that it could do that to.
            ("deny domain_type { self -domU_t }:domain transition", "holds"),
            ("deny { dom0_t domU_t } { domU_t -self }:domain transition", "holds"),
            ("deny system_u:vm_r:domU_t system_u:system_r:dom0_t:domain create", "fails"),
            ("deny system_u:system_r:dom0_t system_u:system_r:irq_t:domain pause", "holds"),
            ("deny { system_u:vm_r:domU_t system_u:system_r:irq_t } system_u:system_r:dom0_t:domain create except system_u:vm_r:domU_t", "holds"),
            // What it is allowed is another thing.
            ("allow domU_t dom0_t:domain create", "fails"),
            ("no flow irq_t xen_t", "fails"),
            ("no flow irq_t xen_t except domU_t", "holds"),
            ("no flow irq_t domU_t except domU_t", "fails"),
        ]
        let checked = try Self.check(lines.map(\.0).joined(separator: "\n"), policy)
        #expect(checked.diagnostics.isEmpty && checked.results.count == lines.count, "\(checked.text)")
        for (line, result) in zip(lines, checked.results) { #expect(result.outcome.rawValue == line.1, "\(line.0)") }
        let told = checked.results.map { $0.failures.first?.text ?? "" }
        #expect(told[0] == "`domU_t` is permissive: what is denied is done all the same" && told[7] == told[0])
        #expect(told[11] == "`domU_t` is permissive: it may hand on anything" && told[13] == told[11])
        #expect(checked.results[0].failureCount == 1)
    }

    // MARK: Brute force

    @Test("Random assertions about random policies hold where brute force says so")
    func bruteForce() throws {
        // By what is in them: how many held, and how many failed.
        var counts: [String: (held: Int, failed: Int)] = [:]
        for round in 0..<24 {
            let seed = Self.seed &+ UInt64(round)
            var random = SplitMix64(seed: seed ^ 0xa55e)
            let source = RandomXenPolicy(seed: seed, hasPermissiveTypes: round % 3 == 0)
            let policy = try source.analysed()
            let oracle = try AssertionOracle(policy)
            for _ in 0..<40 {
                let question = RandomAssertion(source, &random)
                let checked = try Self.check(question.text, policy)
                guard let expected = try oracle.holds(question) else {
                    #expect(checked.diagnostics.map(\.code) == ["empty-set"], "seed \(seed): \(question.text)\n\(checked.text)")
                    counts["empty", default: (0, 0)].held += 1
                    continue
                }
                let result = try #require(checked.results.first, "seed \(seed): \(question.text)\n\(checked.text)")
                #expect((result.outcome == .holds) == expected, "seed \(seed): \(question.text)")
                for sort in Self.sorts(of: question, policy.policy) {
                    if expected { counts[sort, default: (0, 0)].held += 1 } else { counts[sort, default: (0, 0)].failed += 1 }
                }
            }
        }
        for sort in ["any", "contexts", "exceptions", "excepted contexts", "-", "- contexts", "self -", "/", "deny to permissive"] {
            let (held, failed) = counts[sort] ?? (0, 0)
            #expect(held > 0 && failed > 0, "seed \(Self.seed): \(sort): \(counts)")
        }
        #expect(counts["empty"] != nil, "seed \(Self.seed)")
    }

    private static func sorts(of question: RandomAssertion, _ policy: Policy) -> [String] {
        var sorts = ["any"]
        let hasExclusion = !(question.sources.excluded + question.targets.excluded).isEmpty
        if question.isAboutContexts { sorts.append("contexts") }
        if question.exceptions != nil { sorts += ["exceptions"] + (question.isAboutContexts ? ["excepted contexts"] : []) }
        if hasExclusion { sorts.append(question.isAboutContexts ? "- contexts" : "-") }
        if question.targets.included.contains("self"), !question.targets.excluded.isEmpty { sorts.append("self -") }
        if question.text.contains("/") { sorts.append("/") }
        if !question.isAllow, !policy.permissiveTypes.isEmpty { sorts.append("deny to permissive") }
        return sorts
    }

    // MARK: Flows

    @Test("No flow holds where there is no path with any values of the booleans that are meant, but by what is excepted")
    func flows() throws {
        let policy = try FlowOfThree.analysed()
        let lines: [(String, String)] = [
            ("no flow a_t c_t", "fails"),
            ("no flow a_t c_t with open=off", "holds"),
            ("no flow a_t c_t with first booleans", "holds"),
            ("no flow a_t c_t with open=on strict=on", "holds"),
            ("no flow a_t c_t with open=on", "fails"),
            ("no flow a_t c_t except b_t", "holds"),
            ("no flow a_t c_t except { b_t gone_t? }", "holds"),
            ("no flow a_t b_t", "fails"),
            ("no flow c_t { a_t b_t }", "holds"),
            ("no flow { a_t gone_t? } b_t", "fails"),
            ("no flow gone_t? b_t", "skipped"),
            ("no flow { a_t b_t } { a_t b_t }", "fails"),
            ("no flow { d_t c_t } { d_t c_t }", "holds"),
            // Both branches of one condition are never in force at once.
            ("no flow d_t c_t", "holds"),
        ]
        let found = try Self.check(lines.map(\.0).joined(separator: "\n"), policy)
        #expect(found.diagnostics.isEmpty, "\(found.text)")
        for (line, result) in zip(lines, found.results) { #expect(result.outcome.rawValue == line.1, "\(line.0)") }
        let failure = try #require(found.results.first?.failures.first)
        #expect(failure.path.map(\.target) == ["b_t", "c_t"] && failure.settings == [Boolean(name: "open", value: true)])
    }

    @Test("Random flows that must not be hold where asking with all values of the booleans finds none")
    func bruteForceFlows() throws {
        // Without permissive types, and with them.
        var held = [0, 0]
        var failed = [0, 0]
        for round in 0..<12 {
            let seed = Self.seed &+ UInt64(round)
            var random = SplitMix64(seed: seed ^ 0xf10)
            let source = RandomXenPolicy(seed: seed, hasPermissiveTypes: round % 3 == 0)
            let policy = try source.analysed()
            for _ in 0..<8 {
                let pair = random.some(source.types, 2, 2)
                let excepted = random.percent(50) ? random.some(source.types, 1, 4) : []
                let settings = random.some(source.booleans, 0, 2).map { (name: $0, value: random.percent(50)) }
                let isFirst = random.percent(30)
                let with = settings.map { "\($0.name)=\($0.value ? "on" : "off")" } + (isFirst ? ["first booleans"] : [])
                let line =
                    "no flow \(pair[0]) \(pair[1])" + (excepted.isEmpty ? "" : " except { \(excepted.joined(separator: " ")) }")
                    + (with.isEmpty ? "" : " with " + with.joined(separator: " "))
                let permissive = policy.policy.permissiveTypes.compactMap { policy.policy.types[$0 - 1]?.name.description }
                var isFree = permissive.allSatisfy { excepted.contains($0) && !pair.contains($0) }
                var isPointless = false
                for set in 0..<(1 << source.booleans.count) {
                    let values = source.booleans.enumerated().map { (name: $1, value: set >> $0 & 1 == 1) }
                    let isMeant = values.allSatisfy { value in
                        if let setting = settings.first(where: { $0.name == value.name }) { return setting.value == value.value }
                        return !isFirst || policy.policy.booleans.contains(Boolean(name: Name(value.name), value: value.value))
                    }
                    guard isMeant else { continue }
                    var flow = FlowSettings()
                    flow.booleans = values
                    flow.excluded = try excepted.map { try NamePattern($0) }
                    if let answer = try Self.flow(policy, pair[0], pair[1], flow) {
                        isFree = isFree && answer.paths.isEmpty
                    } else {
                        isPointless = true
                    }
                }
                if isPointless { continue }
                let checked = try Self.check(line, policy)
                #expect(checked.results.first?.outcome == (isFree ? .holds : .fails), "seed \(seed): \(line)\n\(checked.text)")
                if isFree { held[permissive.isEmpty ? 0 : 1] += 1 } else { failed[permissive.isEmpty ? 0 : 1] += 1 }
            }
        }
        #expect(held[0] > 0 && failed[0] > 0 && failed[1] > 0, "seed \(Self.seed): \(held), \(failed)")
    }

    /// Nil where there is no answer: by a transition one may be how the other looks at itself.
    private static func flow(
        _ policy: AnalysedPolicy, _ source: String, _ target: String, _ settings: FlowSettings
    ) throws(QuestionMistake) -> FlowAnswer? {
        do throws(QuestionMistake) {
            return try policy.flow(FlowQuestion(from: NamePattern(source), to: NamePattern(target)), settings)
        } catch {
            guard case .pointless = error else { throw error }
            return nil
        }
    }

    // MARK: Mistakes

    @Test("A mistake is told where it stands, once, and the next line is read")
    func mistakes() throws {
        let lines: [(String, String)] = [
            ("alow dom0_t domU_t:domain pause", "1 malformed-assertion a line begins with `allow`, `deny`, `transition`, `no flow`, `test`"),
            ("no flaw dom0_t domU_t", "1 malformed-assertion a line begins with `allow`, `deny`, `transition`, `no flow`, `test`"),
            ("no flow dom0_t", "15 malformed-assertion the types to which it must not go is wanted here"),
            ("no flow dom0_t self", "16 malformed-assertion a flow is between types, attributes and `/expressions/`"),
            ("no flow dom0_t { domain_type -dom0_t }", "30 malformed-assertion of a flow, name the types that are meant, without `-`"),
            ("no flow dom0_t dom0_t", "1 malformed-assertion `dom0_t` and `dom0_t` are the same domain"),
            ("no flow dom0_t dom1_t", "16 unknown-type the policy has no type or attribute `dom1_t`"),
            ("test unquoted", "6 malformed-assertion a test's name is wanted here, in quotes"),
            ("test \"never ends", "6 malformed-assertion a name does not end on its line"),
            ("allow dom0_t domU_t pause", "21 malformed-assertion who is acted upon, and the class: `TYPE:CLASS` is wanted here"),
            ("allow dom0_t domU_t:domain", "27 malformed-assertion the permissions, or `*` is wanted here"),
            ("allow dom0_t domU_t:domain pause with open=maybe", "39 malformed-assertion a boolean is `on` or `off`"),
            ("allow dom0_t domU_t:domain pause with open=on strict=off open=off", "58 malformed-assertion `open` is not both `on` and `off`"),
            ("allow dom0_t domU_t:domain pause with open=on open?=off", "47 malformed-assertion `open` is not both `on` and `off`"),
            ("allow dom0_t domU_t:domain pause with *=on", "39 malformed-assertion `*` is no boolean's name"),
            ("allow dom0_t domU_t:domain pause with", "34 malformed-assertion `with` has `BOOLEAN=on`, `BOOLEAN=off`, `any booleans` or `first booleans`"),
            ("allow dom0_t domU_t:domain pause create", "34 malformed-assertion the line goes on behind its end"),
            ("allow { } domU_t:domain pause", "7 malformed-assertion these braces name nothing"),
            ("allow } domU_t:domain pause", "7 malformed-assertion who acts: a type, an attribute, `/expression/`, `*`, a context, or several in braces is wanted here"),
            ("allow { dom0_t { domU_t } } domU_t:domain pause", "16 malformed-assertion a name is wanted here"),
            ("allow ? domU_t:domain pause", "7 malformed-assertion a name is wanted here"),
            ("allow dom0_t \u{1}domU_t:domain pause", "14 malformed-assertion this character has no meaning here"),
            ("transition dom0_t domU_t:domain { irq_t xen_t }", "33 malformed-assertion one type, or one context, is wanted here"),
            ("allow dom1_t domU_t:domain pause", "7 unknown-type the policy has no type or attribute `dom1_t`"),
            ("allow dom0_t domU_t:domian pause", "21 unknown-class the policy has no class `domian`"),
            ("allow dom0_t domU_t:domain paus", "28 unknown-permission class `domain` has no permission `paus`"),
            ("deny * *:* paus", "12 unknown-permission the policy has no permission `paus`"),
            ("allow dom0_t domU_t:domain pause with opn=on", "39 unknown-boolean the policy has no boolean `opn`"),
            ("allow dom0_t system_u:vm_r:domU_t:domain pause", "7 malformed-assertion beside contexts there are only contexts"),
            ("allow system_u:vm_r:dom0_t system_u:vm_r:domU_t:domain pause",
             "7 invalid-context `system_u:vm_r:dom0_t` is no context of the policy: the role `vm_r` does not have the type `dom0_t`"),
            ("deny * dom0_t:domain pause except system_u:vm_r:domU_t", "6 malformed-assertion beside contexts there are only contexts"),
            ("deny system_u:vm_r:domU_t system_u:system_r:dom0_t:domain pause except domU_t",
             "72 malformed-assertion beside contexts there are only contexts"),
            ("deny system_u:vm_r:domU_t system_u:system_r:dom0_t:domain pause except system_u:vm_r:dom1_t", "72 unknown-type the policy has no type `dom1_t`"),
            ("deny { system_u:vm_r:domU_t -system_u:vm_r:dom1_t } system_u:system_r:dom0_t:domain pause", "29 unknown-type the policy has no type `dom1_t`"),
            ("deny system_u:vm_r:domU_t { system_u:system_r:dom0_t -system_u:system_r:dom1_t }:domain pause", "54 unknown-type the policy has no type `dom1_t`"),
            ("deny system_u:vm_r:domU_t system_u:system_r:dom0_t:domain pause except system_u:vm_r:domU_t",
             "6 empty-set this names no context of the policy: the assertion would hold whatever the policy says"),
            ("deny { system_u:vm_r:domU_t -system_u:vm_r:domU_t } system_u:system_r:dom0_t:domain pause", "6 empty-set "),
            ("deny dom0_t { self -dom0_t }:domain pause", "13 empty-set this names no type of the policy"),
            ("deny dom0_t { dom0_t -self }:domain pause", "13 empty-set this names no type of the policy"),
            ("deny nobody_type dom0_t:domain pause", "6 empty-set this names no type of the policy: the assertion would hold whatever the policy says"),
            ("deny /^q/ dom0_t:domain pause", "6 empty-set this names no type of the policy: the assertion would hold whatever the policy says"),
            ("deny self dom0_t:domain pause", "6 malformed-assertion `self` is a target"),
            ("deny /[/ dom0_t:domain pause", "6 malformed-assertion `/[/` is no regular expression: "),
            ("transition dom0_t domU_t:domain domain_type", "33 not-a-type `domain_type` is an attribute: name a type"),
            ("", "1 malformed-assertion the file asserts nothing"),
            ("test \"empty\"", "6 malformed-assertion the test `empty` asserts nothing"),
        ]
        let policy = try SmallPolicy.analysed()
        for (line, expected) in lines {
            let checked = try Self.check(line, policy)
            let told = checked.diagnostics.map { "\(checked.map.location(of: $0.primary.start)?.column ?? 0) \($0.code) \($0.message)" }
            #expect(told.count == 1 && told[0].hasPrefix(expected), "\(line): \(told)")
        }
        // One after the other they are told all, each in its line.
        let malformed = lines.filter { $0.1.contains("malformed-assertion") && !$0.0.isEmpty && !$0.1.contains("asserts nothing") }
        let syntactic = malformed.filter { !["beside", "is a target", "expression:", "a flow", "same domain"].contains(where: $0.1.contains) }
        let checked = try Self.check(syntactic.map(\.0).joined(separator: "\n"), policy)
        let places = checked.diagnostics.compactMap { checked.map.location(of: $0.primary.start)?.line }
        #expect(places.sorted() == Array(1...syntactic.count))
        #expect(try Self.check("allow { dom0_t domU_t:domain pause\ndeny * *:domain pause", policy).diagnostics.first?.message == "this `{` is never closed")
    }

    // MARK: Our policies

    @Test("The reference policy is as its assertions say, for old and new releases, with and without MLS",
        arguments: [("4.2", false), ("4.17", true), ("4.22", false)])
    func reference(release: String, isMLS: Bool) throws {
        let policy = try Trees.policy("reference", release: release, isMLS: isMLS)
        let path = BuiltPackage.repository.appendingPathComponent("Policies/reference/assertions")
        let checked = try Self.check(String(contentsOf: path, encoding: .utf8), policy)
        #expect(checked.diagnostics.isEmpty, "\(checked.text)")
        for result in checked.results where result.outcome == .fails {
            Issue.record("\(release): \(result.assertion.text): \(result.failures.first.map { "\($0.text) \($0.rules.map { String(decoding: $0.text, as: UTF8.self) })" } ?? "")")
        }
        #expect(checked.results.count { $0.outcome == .holds } > 15)
    }

    // MARK: Hostile text

    @Test("Any text is read to its end, and has tests or a mistake")
    func hostileText() throws {
        var random = SplitMix64(seed: Self.seed)
        let policy = try SmallPolicy.analysed()
        let pieces = [
            "test", "\"a\"", "no", "flow", "no flow dom0_t domU_t", "allow", "deny", "transition", "dom0_t", "domU_t:domain", ":", "{", "}", "*", "self", "-", "-dom0_t", "/d/", "/[/", "?", "x?",
            "except", "with", "any", "booleans", "open=on", "=on", "open=", "\n", "\n", " ", "#", "\"", "/", "\u{0}", "é", "\r", "system_u:system_r:dom0_t",
            "a:b:c:d:e", "first", "domain_type",
        ]
        for round in 0..<400 {
            let text = (0..<random.below(40)).map { _ in random.pick(pieces) + (random.percent(70) ? " " : "") }.joined()
            var map = SourceMap()
            var bytes = Array(text.utf8)
            if round % 3 == 0, !bytes.isEmpty { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
            var diagnostics: [Diagnostic] = []
            let file = AssertionFile(try map.add(name: "h", bytes: bytes), diagnostics: &diagnostics)
            if diagnostics.isEmpty { _ = try policy.check(file, diagnostics: &diagnostics) }
            #expect(!diagnostics.isEmpty || !file.tests.isEmpty, "seed \(Self.seed)")
            for diagnostic in diagnostics { #expect(map.location(of: diagnostic.primary.start) != nil, "seed \(Self.seed): \(diagnostic.message)") }
        }
    }
}
