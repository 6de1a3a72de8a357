import Spelling
import Testing

@testable import PolicyCompiler

@Suite("What a misspelled name may have meant")
struct SpellingTests {
    @Test("is proposed where it is hardly anything else", arguments: [
        ("craete", "create"), ("phsymap", "physmap"), ("domu_t", "domU_t"), ("Allow", "allow"), ("alow", "allow"),
        ("domian_type", "domain_type"), ("isolated_domu_t", "isolated_domU_t"), ("craete_domain", "create_domain"),
        ("sensitvity", "sensitivity"), ("xan_t", "xen_t"),
    ])
    func slips(word: String, meant: String) {
        #expect(Spelling.guess(word, among: ["unrelated", meant]) == .init(name: meant, isCertain: true))
    }

    @Test("is asked for where it may be another name", arguments: [
        ("vma_t", "vmb_t"), ("domA_t", "domU_t"), ("getinfo", "getInfos2"), ("allowed", "allow"),
    ])
    func doubts(word: String, near: String) {
        #expect(Spelling.guess(word, among: [near]) == .init(name: near, isCertain: false))
    }

    @Test("is asked for where it may be either of two")
    func ties() {
        #expect(Spelling.guess("craate", among: ["create", "craute"])?.isCertain == false)
    }

    @Test("is not looked for where names differ on purpose", arguments: [
        ("rr2", "rr1"), ("c_t", "a_t"), ("sealed_domU_t", "isolated_domU_t"), ("dom1_t", "dom2_t"), ("vm10", "vm9"),
        ("ab", "ac"), ("vm_a_t", "vm_b_t"), ("read", "write"), ("pause", "parse_x"), ("type", "role"),
    ])
    func differences(word: String, other: String) {
        #expect(Spelling.guess(word, among: [other]) == nil)
    }
}
