import Testing

/// Tests are found in sources as they are declared, and nowhere else.
@Suite struct TestNameTests {
    private func found(_ source: String) -> [String: TestName.Condition]? {
        TestName.tests(in: source, module: "M").map { Dictionary($0.map { ($0.name, $0.condition) }) { first, _ in first } }
    }

    @Test("tests have the names of their suites, whatever stands around them")
    func names() {
        let source = #"""
            import Testing
            @Suite("says", .serialized) struct A: Sendable {
                private static let text = "}} @Test func no() \(call("}") + "{") {"
                @Test func plain() { if true { } }
                @Test("says (", arguments: [("}", 1)]) @MainActor func withWords(_ x: (String, Int)) throws {}
                func helper() {}
                @Test func `raw name, with a comma`() {}
                struct Inner { @Test func deep() {} }
                static func made() -> A { .init() }
                let other = #"a " { \("#
            }
            extension A { @Test(.timeLimit(.minutes(1)))
                func added() async {} }
            extension A.Inner { @Test func more() {} }
            /* struct B { /* @Test func nested() {} */ @Test func commented() {} } */
            // struct C { @Test func line() {} }
            let text = """
                struct D { @Test func quoted() {} }
                """
            """#
        let names = found(source)
        #expect(Set(names?.keys.map { $0 } ?? []) == [
            "M.A", "M.A/plain", "M.A/withWords", "M.A/raw name, with a comma", "M.A/Inner", "M.A/Inner/deep", "M.A/added", "M.A/Inner/more",
        ])
        #expect(names?.values.allSatisfy { $0 == .always } == true)
    }

    @Test("what runs by a variable, or never, is told from what always runs")
    func conditions() {
        let source = """
            struct A {
                @Test(.enabled(if: ProcessInfo.processInfo.environment["X"] != nil)) func long() {}
                @Test(.enabled(if: missing.isEmpty)) func peer() {}
                @Test("says", .disabled("never")) func off() {}
                @Test func on() {}
            }
            @Suite(.enabled(if: ProcessInfo.processInfo.environment["X"] != nil)) struct B { @Test func inner() {} }
            @Suite(.disabled()) struct C { @Test func inner() {} }
            """
        let names = found(source)
        #expect(names?["M.A/long"] == .byOption && names?["M.A/peer"] == .always && names?["M.A/off"] == .never && names?["M.A/on"] == .always)
        #expect(names?["M.B/inner"] == .byOption && names?["M.B"] == .byOption && names?["M.C/inner"] == .never)
    }

    @Test("a source whose braces do not meet is told to be unreadable")
    func unreadable() {
        #expect(found("struct A { @Test func a() {}") == nil)
        #expect(found("struct A { @Test func a() {} } }") == nil)
    }
}
