import Diagnostics
import Flask
import PolicyCompiler
import Testing

@Suite("One mistake gives one message")
struct MistakeTests {
    /// A policy that is all right; `RULES` is where rules go.
    private static let policy = """
        class domain
        class xen
        sid xen
        class domain { create pause unpause getdomaininfo }
        class xen { settime }
        attribute domain_type;
        type xen_t;
        type dom0_t, domain_type;
        type domU_t, domain_type;
        bool flag true;
        role system_r;
        role system_r types { xen_t dom0_t domU_t };
        RULES
        user system_u roles system_r;
        constrain domain { create } ( u1 == u2 );
        sid xen system_u:system_r:xen_t
        pirqcon 9 system_u:system_r:xen_t
        """

    private func codes(_ text: String, isMLS: Bool = false) throws -> [String] {
        var map = SourceMap()
        let file = try map.add(name: "policy.conf", bytes: Array(text.utf8))
        let output = Compiler.compile(MappedText(file), options: CompileOptions(target: .xen, isMLS: isMLS, lints: false), map: &map)
        var list = DiagnosticList()
        list.append(contentsOf: output.diagnostics)
        return list.sorted.map(\.code.name)
    }

    @Test("among rules", arguments: [
        ("allow dom0_t domU_t:domain create\nallow dom0_t domU_t:domain pause;", ["missing-semicolon"]),
        ("allow dom0_t domU_t:domain create", ["missing-semicolon"]),
        ("allow dom0_t domU_t:domain create", ["missing-semicolon"]),
        ("allow dom0_t domU_t:domain { create pause;\nallow dom0_t xen_t:xen settime;", ["unbalanced-brace"]),
        ("allow dom0_t domU_t:domain create pause };\nallow dom0_t xen_t:xen settime;", ["unexpected-token"]),
        ("allow dom0_t domU_t:domain create pause;\nallow dom0_t xen_t:xen settime;", ["unexpected-token"]),
        ("alow dom0_t domU_t:domain create;", ["unknown-statement"]),
        ("tpye foo_t;\nallow dom0_t foo_t:domain create;", ["unknown-statement"]),
        ("Allow dom0_t domU_t:domain create;", ["unknown-statement"]),
        ("allow dom0_t domU_t create;", ["unexpected-token"]),
        ("allow dom0_t domU_t;", ["unknown-role"]),
        ("type foo_t domain_type;\nallow foo_t self:domain create;", ["unexpected-token"]),
        ("type user;\ntype t1;", ["reserved-word", "reserved-word"]),
        ("class event\nclass event { send }\nallow dom0_t domU_t:event send;", ["statement-out-of-order", "statement-out-of-order"]),
        ("allow dom0_t domU_t:domain settime;", ["unknown-permission"]),
        ("allow dom0_t domU_t:domain craete;\nallow dom0_t xen_t:domain craete;", ["unknown-permission", "unknown-permission"]),
        ("allow dom0_t domu_t:domain create;\nallow dom0_t domu_t:domain pause;\nallow { domu_t domU_t } xen_t:xen settime;", ["unknown-type", "unknown-type", "unknown-type"]),
        ("allow { dom0_t, domU_t } domU_t:domain create;", ["unexpected-token"]),
        ("allow dom0_t domU_t:domain create, pause;", ["unexpected-token"]),
        ("allow dom0_t : domU_t:domain create;", ["unexpected-token"]),
        ("allow dom0_t domU_t domain create;", ["unexpected-token"]),
        ("allow dom0_t domU_t.domain create;", ["unexpected-token"]),
        ("allow * domU_t:domain create;", ["wildcard-not-allowed"]),
        ("allow dom0_t domU_t:domain créate;", ["invalid-character"]),
        ("allow dom0_t domU_t:domain `create';", ["stray-quote"]),
        ("create_domain(dom0_t, domU_t)\nallow dom0_t domU_t:domain create;", ["undefined-macro"]),
        ("if flag {\nallow dom0_t domU_t:domain create;\n}", []),
        ("if (flag)\nallow dom0_t domU_t:domain create;\n", ["unexpected-token"]),
        ("if (flag) {\nallow dom0_t domU_t:domain create;\n", ["unbalanced-brace"]),
        ("if (flag) {\ntype foo_t;\n}", ["not-in-conditional"]),
        ("if (flag) {\nif (flag) { allow dom0_t domU_t:domain create; }\n}", ["not-in-conditional"]),
        ("optional {\nallow dom0_t domU_t:domain create;\n", ["unbalanced-brace"]),
        ("if (flog) {\nallow dom0_t domU_t:domain create;\n}", ["unknown-boolean"]),
        ("allow dom0_t domU_t:domain { create } };\nallow dom0_t xen_t:xen settime;", ["unexpected-token"]),
        ("allow dom0_t domU_t:domain { };", ["empty-set"]),
        ("allow dom0_t domU_t:evnt send;", ["unknown-class"]),
        ("neverallow domain_type xen_t:xen settime;\nallow dom0_t xen_t:xen settime;", ["neverallow-violated"]),
        ("dont_audit dom0_t domU_t:domain create;", ["unknown-statement"]),
        ("allow dom0_t domU_t:domain { getextvcpucontext set_cpuid };\nallow dom0_t xen_t:xen sched_op;", ["unknown-permission", "unknown-permission", "unknown-permission"]),
        ("type_transition dom0_t domU_t:domain xen_t \"a/b\";", ["invalid-string"]),
        ("/* grant */\nallow dom0_t domU_t:domain create; // yes", ["unexpected-token", "unexpected-token"]),
        ("if (flag {\nallow dom0_t domU_t:domain create;\n}", ["unexpected-token"]),
        ("type foo_t, domian_type;", ["unknown-attribute"]),
        ("typeattribute dom0_t domU_t;", ["not-an-attribute"]),
        ("role system_r dom0_t;", ["unexpected-token"]),
        ("type dom0_t;", ["duplicate-declaration"]),
        ("allow self dom0_t:domain create;", ["misplaced-self"]),
        // A word that is reserved is told once, and what it names is taken for declared.
        ("type t1;\nrole r1;\nrole r1 types { t1 dom0_t };\nallow t1 t1:domain create;\nallow t1 domu_t:domain pause;", ["reserved-word", "reserved-word", "unknown-type"]),
        ("optional { require { role r1; type xen_t; } allow dom0_t xen_t:xen settime; }", ["reserved-word"]),
        // A set that is wrong costs its statement only, and braces that were given up on are skipped.
        ("type foo_t alias { 5 bar_t };\nallow bar_t foo_t:domain create;", ["unexpected-token"]),
        ("allow { * } domU_t:domain craete;", ["unexpected-token"]),
        ("role system_r types { { } dom0_t };", ["empty-set"]),
        ("allow dom0_t \(String(repeating: "{", count: 300)) domU_t \(String(repeating: "}", count: 300)):domain create;", ["nesting-too-deep"]),
        ("\(String(repeating: "optional { ", count: 300))allow dom0_t xen_t:xen settime;\(String(repeating: " }", count: 300))", ["nesting-too-deep"]),
        ("dominance { role a_r { role system_r; } }", ["role-dominance"]),
        // The smaller part is the one at the wrong place.
        ("constrain xen settime ( u1 == u2 );\nallow dom0_t xen_t:xen settime;", ["statement-out-of-order"]),
        ("pirqcon 8 system_u:system_r:xen_t\nallow dom0_t xen_t:xen settime;\npirqcon 7 system_u:system_r:xen_t\nallow dom0_t domU_t:domain create;", ["statement-out-of-order", "statement-out-of-order"]),
        ("pirqcon 8 nobody:system_r:xen_t\nallow dom0_t xen_t:xen settime;", ["statement-out-of-order", "unknown-user"]),
    ])
    func rules(rules: String, expected: [String]) throws {
        #expect(try codes(Self.policy.replacing("RULES", with: rules)) == expected)
    }

    @Test("in other statements", arguments: [
        ("class domain { create", "class domain create", ["unexpected-token"]),
        ("user system_u roles system_r;", "user system_u system_r;", ["unexpected-token"]),
        ("user system_u roles system_r;", "user system_u role system_r;", ["unexpected-token"]),
        ("sid xen system_u:system_r:xen_t", "sid xen system_u:xen_t", ["unexpected-token"]),
        ("sid xen system_u:system_r:xen_t", "sid xen system_u system_r xen_t", ["unexpected-token"]),
        ("sid xen system_u:system_r:xen_t", "sid xen system_u:system_r:xen_t;", ["unexpected-token"]),
        ("pirqcon 9 system_u:system_r:xen_t", "pirqcon 9 system_u:system_r:xen_t;", ["unexpected-token"]),
        ("u1 == u2", "u1 = u2", ["invalid-character"]),
        ("( u1 == u2 )", "( u1 == u2", ["unexpected-token"]),
        ("( u1 == u2 )", "u1 == u2 and", ["unexpected-token"]),
        ("sid xen system_u:system_r:xen_t", "sid xen system_u:system_r:xen_t:s0", ["mls-disabled"]),
        ("user system_u roles system_r;\n", "", ["missing-section"]),
        ("user system_u roles system_r;", "user system_u roles { ~system_r };", ["unexpected-token"]),
        ("user system_u roles system_r;", "user system_u roles { * };", ["unexpected-token"]),
        ("user system_u roles system_r;", "user u1 roles system_r;\nuser system_u roles system_r;", ["reserved-word"]),
        ("( u1 == u2 )", "( t1 == { dom0_t -domU_t } )", ["unexpected-token"]),
        ("sid xen system_u:system_r:xen_t", "sid xen u1:r1:xen_t", ["reserved-word", "reserved-word"]),
    ])
    func statements(right: String, wrong: String, expected: [String]) throws {
        let policy = Self.policy.replacing("RULES", with: "allow dom0_t domU_t:domain create;")
        try #require(policy.contains(right))
        #expect(try codes(policy.replacing(right, with: wrong)) == expected)
    }

    @Test("in contexts", arguments: [
        ("iomemcon 0x20-0x10 system_u:system_r:xen_t\n", ["descending-range"]),
        ("iomemcon fee0-fef0 system_u:system_r:xen_t\n", ["unexpected-token"]),
        ("pcidevicecon 00:1f.2 system_u:system_r:xen_t\n", ["unexpected-token"]),
    ])
    func contexts(context: String, expected: [String]) throws {
        #expect(try codes(Self.policy.replacing("RULES", with: "") + "\n" + context) == expected)
    }

    /// A policy with MLS that is all right.
    private static let mlsPolicy = """
        class domain
        sid xen
        sid dom0
        class domain { create }
        sensitivity s0 alias { lowest };
        sensitivity s1;
        dominance { s0 s1 }
        level s0;
        level s1;
        mlsconstrain domain create ( l1 dom l2 );
        type xen_t;
        role system_r;
        role system_r types xen_t;
        user system_u roles { system_r } level s0 range s0 - s1;
        sid xen system_u:system_r:xen_t:s0
        sid dom0 system_u:system_r:xen_t:s1
        """

    @Test("in policies with MLS", arguments: [
        ("alias { lowest }", "alias { 5 lowest }", ["unexpected-token"]),
        ("alias { lowest }", "alias { low lowest }", ["reserved-word"]),
        ("{ system_r } level", "{ ~system_r } level", ["unexpected-token"]),
        ("( l1 dom l2 )", "( t1 == { xen_t -xen_t } )", ["unexpected-token"]),
        ("range s0 - s1", "range s0 - s9", ["unknown-sensitivity"]),
        ("range s0 - s1", "range s1 - s0", ["invalid-range"]),
    ])
    func levels(right: String, wrong: String, expected: [String]) throws {
        try #require(Self.mlsPolicy.contains(right))
        #expect(try codes(Self.mlsPolicy.replacing(right, with: wrong), isMLS: true) == expected)
    }

    @Test("a policy without levels that is compiled with MLS")
    func noLevels() throws {
        #expect(try codes(Self.policy.replacing("RULES", with: ""), isMLS: true) == ["missing-section"])
    }

    /// Where an alternation of two parts is as long as it may be, the order is still found at once.
    @Test("parts that alternate a hundred thousand times")
    func alternation() throws {
        let rules = String(repeating: "type_transition dom0_t xen_t:xen xen_t;\nuser system_u roles system_r;\n", count: 100_000)
        #expect(try codes(Self.policy.replacing("RULES", with: rules)).first == "statement-out-of-order")
    }

    @Test("carriage returns are blanks, and what is no policy is said to be none")
    func otherTexts() throws {
        let policy = Self.policy.replacing("RULES", with: "")
        #expect(try codes(policy.replacing("\n", with: "\r\n")) == [])
        #expect(try codes("") == ["missing-section"])
        #expect(try codes("<html>\n<body>404</body>\n") == ["invalid-character"])
    }
}
