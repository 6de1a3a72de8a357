import Diagnostics

/// A source map for tests, in which spans are named by the text that they cover.
struct Sources {
    var map = SourceMap()

    mutating func add(_ name: String, _ text: String) throws -> SourceFile {
        try map.add(name: name, bytes: Array(text.utf8))
    }

    mutating func expansion(
        of macro: String, at call: Span, in parent: MacroExpansion.ID = .none
    ) -> MacroExpansion.ID {
        let name = map.addMacro(named: macro)
        return map.add(MacroExpansion(macro: name, call: call.start, parent: parent))
    }
}

extension SourceFile {
    /// The span of the `occurrence`th place, counted from 1, at which `text` stands.
    func span(
        of text: String, occurrence: Int = 1, expansion: MacroExpansion.ID = .none
    ) -> Span {
        let wanted = Array(text.utf8)
        var left = occurrence
        for offset in bytes.indices where bytes[offset...].starts(with: wanted) {
            left -= 1
            if left == 0 { return span(offset, wanted.count, expansion: expansion) }
        }
        return .unknown
    }

    func span(_ offset: Int, _ length: Int, expansion: MacroExpansion.ID = .none) -> Span {
        Span(start: start.advanced(by: offset), length: length, expansion: expansion)
    }
}

/// What most renderers' tests show: two modules, macros within macros, and every part that a diagnostic may have.
struct Policy {
    var sources = Sources()
    let diagnostics: [Diagnostic]

    init() throws {
        let dom0 = try sources.add(
            "modules/dom0.te",
            """
            # The control domain.
            type dom0_t;
            create_domain(dom0_t, domu_t)
            allow dom0_t domu_t:domain { create pause };
            \tallow dom0_t xen_t:xen  readconsole;

            """)
        let domU = try sources.add("modules/domU.te", "# Guests.\n\ntype domU_t;\nouter\n")
        let macros = try sources.add(
            "support/macros.m4", "define(`create_domain', `allow $1 $2:domain craete;')\n")

        let outer = sources.expansion(of: "outer", at: domU.span(of: "outer"))
        let inner = sources.expansion(of: "create_domain", at: dom0.span(of: "create_domain"), in: outer)

        diagnostics = [
            Diagnostic(
                "unknown-type", .error, "type `domu_t` is not declared",
                at: dom0.span(of: "domu_t", occurrence: 2), label: "not declared",
                labels: [
                    Diagnostic.Label(dom0.span(of: "allow"), "in this rule"),
                    Diagnostic.Label(domU.span(of: "domU_t"), "a similar name"),
                ],
                notes: ["names are case-sensitive"], help: "declare the type with `type domu_t;`",
                suggestion: Diagnostic.Suggestion(dom0.span(of: "domu_t", occurrence: 2), "domU_t")),
            Diagnostic(
                "unknown-permission", .error, "class `domain` has no permission `craete`",
                at: macros.span(of: "craete", expansion: inner),
                suggestion: Diagnostic.Suggestion(macros.span(of: "craete"), "create")),
            Diagnostic(
                "double-space", .warning, "two spaces", at: dom0.span(of: "  readconsole"),
                suggestion: Diagnostic.Suggestion(dom0.span(of: "  readconsole"), "")),
            Diagnostic(
                "no-initial-sid", .note, "initial SID `xen` has no context", at: .unknown,
                notes: ["the hypervisor would refuse the policy"]),
        ]
    }
}
