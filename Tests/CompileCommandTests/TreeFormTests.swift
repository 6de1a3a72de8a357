import Foundation
import Testing

/// The forms that policy trees had in the course of Xen's releases. The text of each is compared with what its Makefile
/// makes of it with m4, sed and grep; the small tree is the same in all of them.
@Suite struct TreeFormTests {
    private static let classes = "class xen\nclass domain\n"
    private static let initialSIDs = "sid xen\nsid dom0\n"
    private static let accessVectors = "class xen { scheduler }\nclass domain { create pause }\n"
    private static let support = "define(`all_of',`{ create pause }')\n"
    private static let interfaces = "define(`may_create',`\n# dollarsstar\nallow $1 $2:domain create;\n')\n"
    private static let rules = """
        attribute domain_type;
        # a comment stays with the rules
        type dom0_t, domain_type;
        type domU_t, domain_type;
        may_create(dom0_t, domU_t)
        allow dom0_t self:domain all_of;
        ifdef(`enable_mls',`
        allow domU_t domU_t:domain pause;
        ')
        role system_r; role system_r types domain_type;

        """
    private static let users = "user system_u roles system_r ifdef(`enable_mls',`level s0 range s0');\n"
    private static let constraints = "constrain domain create ( u1 == u2 );\n"
    private static let contexts = "sid xen system_u:system_r:dom0_t`'ifdef(`enable_mls',`:s0')\nsid dom0 system_u:system_r:dom0_t`'ifdef(`enable_mls',`:s0')\n"
    private static let levels = "ifdef(`enable_mls',`sensitivity s0;\ndominance { s0 }\nlevel s0;\nmlsconstrain domain pause ( l1 eq l2 );')\n"

    /// A form: its files and what its Makefile does.
    struct Form: Sendable, CustomTestStringConvertible {
        let name: String
        let files: [String: String]
        let recipe: String
        var testDescription: String { name }
    }

    private static let m4 = "m4 -D self_contained_policy $MLS -D mls_num_sens=16 -D mls_num_cats=256"

    static let forms: [Form] = [
        Form(
            name: "Xen 4.0 and 4.1",
            files: nested(te: rules + contexts),
            recipe: """
                mkdir tmp
                cat policy/flask/security_classes policy/flask/initial_sids policy/flask/access_vectors policy/support/*.spt policy/mls > tmp/pre_te_files.conf
                cat policy/support/*.spt policy/modules/xen/xen.if | sed -e 's/dollarsstar/$*/g' > tmp/all_interfaces.conf
                cat policy/modules/xen/xen.te > tmp/all_te_files.conf
                cat policy/users policy/constraints > tmp/all_post.conf
                grep ^attribute tmp/all_te_files.conf > tmp/all_attrs_types.conf
                grep '^type ' tmp/all_te_files.conf >> tmp/all_attrs_types.conf
                grep '^sid ' tmp/all_te_files.conf >> tmp/all_post.conf
                sed -r -e /^attribute/d -e '/^type /d' -e '/^sid /d' < tmp/all_te_files.conf > tmp/only_te_rules.conf
                \(m4) -D hide_broken_symptoms -s tmp/pre_te_files.conf tmp/all_interfaces.conf tmp/all_attrs_types.conf \
                policy/global_booleans policy/global_tunables tmp/only_te_rules.conf tmp/all_post.conf > expected.conf
                """),
        Form(
            name: "Xen 4.2",
            files: nested(te: rules).merging(["policy/initial_sids": contexts]) { $1 },
            recipe: """
                \(m4) -s policy/flask/security_classes policy/flask/initial_sids policy/flask/access_vectors \
                policy/support/*.spt policy/mls policy/modules/xen/xen.if policy/global_booleans policy/global_tunables \
                policy/modules/xen/xen.te policy/users policy/constraints policy/initial_sids > expected.conf
                """),
        Form(
            name: "Xen 4.3 to 4.7",
            files: inCheckout(
                nested(te: rules).merging(["policy/initial_sids": contexts]) { $1 }.filter { !$0.key.contains("/flask/") }),
            recipe: """
                cd tools/flask/policy
                \(m4) -s $LISTS/security_classes $LISTS/initial_sids $LISTS/access_vectors policy/support/*.spt policy/mls \
                policy/modules/xen/xen.if policy/global_tunables policy/modules/xen/xen.te policy/users policy/constraints \
                policy/initial_sids > ../../../expected.conf
                """),
        Form(
            name: "Xen 4.8 and later",
            files: inCheckout([
                "modules/modules.conf": "late = on\nxen = on\nother = off\n", "modules/xen.te": rules,
                "modules/xen.if": interfaces, "modules/xen.cons": constraints, "modules/other.te": "type other_t;\n",
                "modules/late.te": "", "policy/support/misc.spt": support, "policy/mls": levels,
                "policy/security_classes": "class local\n", "policy/access_vectors": "class local { use }\n",
                "policy/global_tunables": "# none\n", "policy/users": users, "policy/initial_sids": contexts,
                "policy/device_contexts": "# none\n",
            ]),
            recipe: """
                cd tools/flask/policy
                \(m4) -s $LISTS/security_classes policy/security_classes $LISTS/initial_sids $LISTS/access_vectors \
                policy/access_vectors policy/support/*.spt policy/mls modules/xen.if policy/global_tunables modules/late.te \
                modules/xen.te policy/users modules/xen.cons policy/initial_sids policy/device_contexts \
                > ../../../expected.conf
                """),
    ]

    /// A tree in a checkout of Xen, whose hypervisor has the lists.
    private static func inCheckout(_ tree: [String: String]) -> [String: String] {
        var files: [String: String] = [:]
        for (name, text) in tree { files["tools/flask/policy/" + name] = text }
        let lists = "xen/xsm/flask/policy/"
        files[lists + "security_classes"] = classes
        files[lists + "initial_sids"] = initialSIDs
        files[lists + "access_vectors"] = accessVectors
        return files
    }

    private static func nested(te: String) -> [String: String] {
        [
            "policy/modules.conf": "xen = on\nother = off\n", "policy/modules/xen/xen.te": te,
            "policy/modules/xen/xen.if": interfaces, "policy/modules/xen/other.te": "type other_t;\n",
            "policy/flask/security_classes": classes, "policy/flask/initial_sids": initialSIDs,
            "policy/flask/access_vectors": accessVectors, "policy/support/misc.spt": support, "policy/mls": levels,
            "policy/global_booleans": "bool loud true;\n", "policy/global_tunables": "# none\n",
            "policy/users": users, "policy/constraints": constraints,
        ]
    }

    @Test(arguments: forms, [false, true]) func textIsTheMakefiles(_ form: Form, _ isMLS: Bool) throws {
        let folder = try Folder()
        defer { folder.remove() }
        for (name, text) in form.files { try folder.write(name, text) }
        let made = try Command.shell(
            "set -e; LISTS=../../../xen/xsm/flask/policy; MLS=\(isMLS ? "'-D enable_mls'" : ""); " + form.recipe, in: folder)
        #expect(made.status == 0, "\(made.errors)")
        let place = form.recipe.hasPrefix("cd ") ? "tools/flask/policy" : "."
        let run = try Command.shell(
            "here=$PWD; cd \(place); $COMPILE . --emit $here/emitted.conf -o $here/out \(isMLS ? "--mls" : "")", in: folder)
        #expect(run.status == 0, "\(run.errors)")
        #expect(try folder.text("emitted.conf") == folder.text("expected.conf"))
    }

    /// OpenXT's tree expands interfaces by themselves first, so that a module calls what another macro made: a mistake in
    /// one is shown where the author wrote it all the same.
    @Test func mistakesInInterfacesAreShownWhereTheyAreWritten() throws {
        let folder = try Folder()
        defer { folder.remove() }
        var files = Self.nested(te: Self.rules + "broken(dom0_t)\n" + Self.contexts)
        files["policy/modules.conf"] = "xen = base\n"
        files["Rules.monolithic"] = "# as in the tree\n"
        // What comes out of the first run is the text of a definition.
        files["policy/support/misc.spt"]? += "define(`interface',``define(`$1',`$2')'')\n"
        files["policy/modules/xen/xen.if"] = """
            interface(`may_create',`
            allow $1 $2:domain create;
            ')
            ## <summary>Broken.</summary>
            interface(`broken',`
            \tallow $1 domU_t:domain destroy;
            ')

            """
        for (name, text) in files { try folder.write(name, text) }
        let run = try Command.compile(".", "-o", "out", in: folder)
        #expect(run.status == 1)
        #expect(run.errors.contains("--> policy/modules/xen/xen.if:6:25"), "\(run.errors)")
        #expect(run.errors.contains("in expansion of `broken`, policy/modules/xen/xen.te:11:1"), "\(run.errors)")
    }
}
