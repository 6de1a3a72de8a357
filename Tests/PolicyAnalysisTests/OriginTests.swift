import Diagnostics
import Flask
import Foundation
import PolicyAnalysis
import PolicyCompiler
import TestSupport
import Testing

@Suite("Answers from a source say where it says so")
struct OriginTests {
    private func places(_ analysed: AnalysedPolicy, _ change: (inout SearchQuestion) throws -> Void) throws -> [String: [Int]] {
        var question = SearchQuestion()
        try change(&question)
        var result: [String: [Int]] = [:]
        for entry in try analysed.answer(question).entries {
            result[String(decoding: entry.text, as: UTF8.self)] = try #require(entry.places).map(\.location.line)
        }
        return result
    }

    @Test("Each statement of a policy.conf is found at its line, and a rule at every line that adds to it")
    func lines() throws {
        let text = SmallPolicy.text.replacingOccurrences(
            of: "if (strict", with: "allow dom0_t domU_t:domain create;\nif (strict")
        let found = try places(AnalysedPolicy(Array(text.utf8), named: "small.conf")) { _ in }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
        func line(_ start: String) -> Int { lines.firstIndex { $0.hasPrefix(start) }! + 1 }
        #expect(found["allow dom0_t domU_t:domain { create pause unpause };"] == [line("allow dom0_t domU_t:domain { pause"), line("allow dom0_t domU_t:domain create")])
        #expect(found["allow dom0_t domain_type:domain { create pause };"] == [line("allow dom0_t domain_type")])
        #expect(found["allow domU_t domU_t:domain { pause };"] == [line("allow domain_type self")])
        #expect(found["allow domU_t irq_t:resource { use };"] == [line("allow domU_t irq_t:resource use")])
        #expect(found["allow domU_t irq_t:resource { use add };"] == [line("allow domU_t irq_t:resource { use add")])
        for (text, start) in [
            ("dontaudit domU_t xen_t:xen { kexec };", "dontaudit"), ("type_transition dom0_t domU_t:domain irq_t;", "type_transition"),
            ("allow system_r vm_r;", "allow system_r"), ("role_transition system_r domU_t:domain vm_r;", "role_transition"),
            ("constrain domain { create } (u1 == u2 or t1 == dom0_t);", "constrain domain { create"),
            ("constrain domain { pause transition } t2 != irq_t;", "constrain domain { pause"), ("validatetrans domain r1 == r2;", "validatetrans"),
            ("sid domU system_u:vm_r:domU_t", "sid domU system_u"), ("pirqcon 33 system_u:system_r:irq_t", "pirqcon"),
            ("iomemcon 0xfec9f system_u:system_r:irq_t", "iomemcon 0xfec9f"), ("ioportcon 0xeac0-0xeadf system_u:system_r:irq_t", "ioportcon"),
            ("pcidevicecon 0xc800 system_u:system_r:irq_t", "pcidevicecon"),
            ("devicetreecon \"/soc/serial\" system_u:system_r:irq_t", "devicetreecon"),
        ] {
            #expect(found[text] == [line(start)], "\(text)")
        }
        let some = try places(AnalysedPolicy(Array(text.utf8), named: "small.conf")) { $0.permissions = [try NamePattern("create")] }
        #expect(some["allow dom0_t domU_t:domain { create pause unpause };"] == [line("allow dom0_t domU_t:domain create")])
    }

    @Test("Of a tree it is the line of the call, and the line in the macro")
    func macros() throws {
        let policy = try Trees.policy("reference", release: "4.17")
        var question = SearchQuestion()
        question.kinds = [.allow]
        question.source = try NamePattern("dom0_t")
        question.target = try NamePattern("domU_t")
        question.permissions = [try NamePattern("pause")]
        let entries = try policy.answer(question).entries
        let places = try #require(entries.first?.places)
        #expect(!places.isEmpty)
        for place in places {
            #expect(place.location.file.hasSuffix(".te"))
            let call = try #require(place.calls.last)
            let lines = try String(contentsOfFile: place.location.file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines[place.location.line - 1].contains(call.macro + "("))
            #expect(!place.written.file.hasSuffix(".te"))
        }
    }

    @Test("Every rule of our policies and of the probes comes from a line, and the line from a file")
    func everyRule() throws {
        var policies = [try Trees.policy("reference", release: "4.17", isMLS: true), try Trees.policy("examples/driver-domain", release: "4.17")]
        let probes = BuiltPackage.repository.appendingPathComponent("Tests/Corpus/probes")
        for file in try FileManager.default.contentsOfDirectory(atPath: probes.path).sorted() where file.hasSuffix(".conf") {
            let text = try [UInt8](Data(contentsOf: probes.appendingPathComponent(file)))
            for target in [Policy.Target.xen, .selinux] {
                if let policy = Trees.policy(text, named: file, target: target) { policies.append(policy) }
            }
        }
        #expect(policies.count > 50)
        for policy in policies {
            for entry in try policy.answer(SearchQuestion()).entries {
                #expect(entry.places?.isEmpty == false, "\(String(decoding: entry.text, as: UTF8.self))")
            }
        }
    }

    @Test("Line markers of a flattened policy lead to what it was made of")
    func lineMarkers() throws {
        let text = SmallPolicy.text.replacingOccurrences(of: "auditallow dom0_t", with: "#line 7 \"modules/dom0.te\"\nauditallow dom0_t")
        var question = SearchQuestion()
        question.kinds = [.auditAllow]
        let place = try AnalysedPolicy(Array(text.utf8), named: "small.conf").answer(question).entries.first?.places?.first
        #expect(place?.location.file == "modules/dom0.te")
        #expect(place?.location.line == 7)
    }
}
