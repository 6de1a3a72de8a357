import Foundation
import PolicyAnalysis
import PolicyCompiler
import TestSupport
import Testing

@testable import AuditAnalysis

/// The same small policy in the layouts that Xen's trees have had.
@Suite("Suggestions for trees of every layout")
struct SuggestionLayoutTests {
    private static let rules = """
        attribute domain_type;
        type xen_t;
        type dom0_t, domain_type;
        type domU_t, domain_type;
        role system_r;
        role system_r types { xen_t domain_type };
        allow dom0_t xen_t:xen physinfo;
        ping(dom0_t, xen_t)

        """
    private static let interfaces = """
        define(`ping', `allow $1 $2:xen heap;')
        define(`steer', `allow $1 $2:domain { pause unpause };')

        """
    private static let users = "user system_u roles system_r;\n"
    private static let contexts = "sid xen system_u:system_r:xen_t\nsid dom0 system_u:system_r:dom0_t\n"
    private static let lists = [
        "security_classes": "class xen\nclass domain\n", "initial_sids": "sid xen\nsid dom0\n",
        "access_vectors": "class xen\n{\n\tphysinfo\n\theap\n\tkexec\n}\nclass domain\n{\n\tpause\n\tunpause\n}\n",
    ]

    private static func layered() -> SourceFolder {
        var folder = SourceFolder([
            "tree/policy/modules.conf": "xen = on\n", "tree/policy/modules/xen/xen.te": rules, "tree/policy/modules/xen/xen.if": interfaces,
            "tree/policy/users": users, "tree/policy/initial_sids": contexts,
        ])
        // The hypervisor's lists stand elsewhere in the checkout.
        for (name, text) in lists { folder["tree/../../../xen/xsm/flask/policy/" + name] = text }
        return folder
    }

    private static func nested() -> SourceFolder {
        var folder = SourceFolder([
            "tree/policy/modules.conf": "xen = on\n", "tree/policy/modules/xen/xen.te": rules, "tree/policy/modules/xen/xen.if": interfaces,
            "tree/policy/users": users, "tree/policy/initial_sids": contexts,
        ])
        for (name, text) in lists { folder["tree/policy/flask/" + name] = text }
        return folder
    }

    private static func sorted() -> SourceFolder {
        var folder = nested()
        folder.files["tree/policy/initial_sids"] = nil
        // Contexts are picked out of the modules.
        folder["tree/policy/modules/xen/xen.te"] = rules + contexts
        return folder
    }

    @Test("Rules and calls go into the author's own files, behind what is about the same", arguments: ["layered", "nested", "sorted"])
    func layouts(_ name: String) throws {
        let folder = ["layered": Self.layered, "nested": Self.nested, "sorted": Self.sorted][name]!()
        let cells = Denials.cells([
            Denials.line("dom0_t", "xen_t", "xen", "kexec"), Denials.line("dom0_t", "domU_t", "domain", "pause"),
            Denials.line("domU_t", "xen_t", "xen", "kexec"),
        ])
        let finder = try SuggestionFinder(.tree("tree"), reader: folder)
        let report = try finder.suggestions(for: cells)
        #expect(report.withoutSuggestion.isEmpty)
        let found = report.suggestions.map { "\($0.text) \($0.lines.map { "\($0.file):\($0.line)" })" }.sorted()
        #expect(found == [
            #"["allow dom0_t xen_t:xen kexec;"] ["policy/modules/xen/xen.te:8"]"#, #"["allow domU_t xen_t:xen kexec;"] ["policy/modules/xen/xen.te:4"]"#,
            #"["steer(dom0_t, domU_t)"] ["policy/modules/xen/xen.te:8"]"#,
        ])
        let patch = try #require(report.patch)
        let place = try TemporaryFolder()
        try folder.write("tree", to: place.url)
        let applied = try SuggestionPatchTests.apply(patch.bytes, in: place.url)
        #expect(applied.status == 0, "\(applied.text)")
        var patched = try SourceFolder(copying: place.url, as: "tree")
        for (path, bytes) in folder.files where path.contains("..") { patched.files[path] = bytes }
        let again = try SuggestionFinder(.tree("tree"), reader: patched).suggestions(for: cells)
        #expect(again.suggestions.isEmpty)
        #expect(again.allowed.count == 3)
    }
}
