import Foundation
import Testing

/// Where two statements contradict each other the later one is marked, and the first one is shown.
@Suite struct ContradictionTests {
    @Test(arguments: [
        (
            "type_transition a_t b_t:domain b_t \"foo\";\ntype_transition a_t a_t:domain b_t \"foo\";\ntype_transition a_t b_t:domain b_t \"foo\";",
            [10], 8
        ),
        (
            "type_transition a_t b_t:domain b_t \"foo\";\ntype_transition a_t b_t:domain b_t \"foo\";\ntype_transition a_t b_t:domain b_t \"foo\";",
            [9, 10], 8
        ),
        ("if (flag) { type_transition a_t b_t:domain a_t; }\ntype_transition a_t b_t:domain b_t;", [9], 8),
        ("type_transition a_t b_t:domain a_t;\nif (flag) { type_transition a_t b_t:domain b_t; }", [9], 8),
        ("if (flag) { type_transition a_t b_t:domain a_t; }\nif (other) { type_transition a_t b_t:domain b_t; }", [9], 8),
    ])
    func laterStatementIsMarked(rules: String, later: [Int], first: Int) throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write(
            "policy.conf",
            """
            class domain
            sid xen
            class domain { create }
            type a_t;
            type b_t;
            bool flag true;
            bool other true;
            \(rules)
            role system_r;
            role system_r types a_t;
            user system_u roles system_r;
            sid xen system_u:system_r:a_t

            """)
        let run = try Command(
            Command.compiler, ["-t", "Xen", "--no-lint", "--format", "json", "policy.conf"], in: folder.url)
        let document = try #require(try JSONSerialization.jsonObject(with: Data(run.output)) as? [String: Any])
        let diagnostics = try #require(document["diagnostics"] as? [[String: Any]])
        #expect(diagnostics.compactMap { ($0["primary"] as? [String: Any])?["line"] as? Int } == later)
        for diagnostic in diagnostics {
            let labels = diagnostic["labels"] as? [[String: Any]]
            #expect(labels?.compactMap { ($0["location"] as? [String: Any])?["line"] as? Int } == [first], "\(diagnostic)")
        }
    }
}
