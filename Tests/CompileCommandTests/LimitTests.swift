import Foundation
import Testing

/// Whatever the input, the tool ends soon, takes little memory, and says what was too much.
@Suite struct LimitTests {
    /// What a case may take; several times what it takes on a machine that has nothing else to do.
    private static let seconds = 60.0
    private static let mebibytes = 1_200

    /// Runs the tool, and checks that it ends by itself, in time, with little memory, and without a trace of a result
    /// that is none.
    @discardableResult
    private func expect(
        _ status: Int32, _ message: String?, _ arguments: [String], in folder: Folder,
        mebibytes: Int = Self.mebibytes, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Command {
        // The shell's `timeout` ends what does not end, so that a hang is a failure and not a test that never ends.
        let line = "/usr/bin/time -q -f '%e %M' -o used timeout \(Int(Self.seconds) * 2) \"$COMPILE\" "
            + arguments.map { "'\($0)'" }.joined(separator: " ")
        let run = try Command.shell(line, in: folder)
        let used = try folder.text("used").split(whereSeparator: \.isWhitespace)
        let seconds = try #require(used.first.flatMap { Double($0) })
        let kibibytes = try #require(used.last.flatMap { Int($0) })
        let start = String(run.errors.prefix(2_000))
        #expect(run.status == status, "\(start)", sourceLocation: sourceLocation)
        if let message { #expect(run.errors.contains(message), "\(start)", sourceLocation: sourceLocation) }
        #expect(seconds < Self.seconds, "\(arguments)", sourceLocation: sourceLocation)
        #expect(kibibytes < mebibytes << 10, "\(arguments)", sourceLocation: sourceLocation)
        let results = try folder.names().filter { $0.hasPrefix("out") }
        #expect(results == (status == 0 ? ["out"] : []), sourceLocation: sourceLocation)
        try? FileManager.default.removeItem(at: folder.url.appendingPathComponent("out"))
        return run
    }

    private func policy(_ rules: String = "", constraints: String = "", contexts: String = "") -> String {
        """
        class domain
        class xen
        sid xen
        class domain { create }
        class xen { reboot }
        type xen_t;
        allow xen_t self:domain create;
        \(rules)
        role system_r;
        role system_r types xen_t;
        user system_u roles system_r;
        \(constraints)
        sid xen system_u:system_r:xen_t
        \(contexts)

        """
    }

    private static func list(_ count: Int, _ separator: String = "\n", _ text: (Int) -> String) -> String {
        (0..<count).map(text).joined(separator: separator)
    }

    private static func nested(_ open: String, _ inner: String, _ close: String, depth: Int = 100_000) -> String {
        String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)
    }

    // MARK: Nesting

    @Test(arguments: [
        ("constraint", "expressions are nested more than 200 deep"), ("not", "expressions are nested more than 200 deep"),
        ("right", "expressions are nested more than 200 deep"), ("if", "expressions are nested more than 200 deep"),
        ("notIf", "expressions are nested more than 200 deep"), ("set", "sets are nested more than 200 deep"),
        ("optional", "optional blocks are nested more than 200 deep"),
        ("else", "optional blocks are nested more than 200 deep"), ("ifs", "`if` may not stand in an `if` block"),
    ])
    func nestingOfThePolicyLanguage(_ test: (kind: String, message: String)) throws {
        let folder = try Folder()
        defer { folder.remove() }
        let allow = "allow xen_t self:xen reboot;"
        let text =
            switch test.kind {
            case "constraint": policy(constraints: "constrain domain create " + Self.nested("(", "u1 == u2", ")") + ";")
            case "not": policy(constraints: "constrain domain create ( " + Self.nested("not ", "u1 == u2", "") + " );")
            case "right":
                policy(constraints: "constrain domain create " + Self.nested("( u1 == u2 or ", "u1 == u2", ")") + ";")
            case "if": policy("bool b true;\nif " + Self.nested("(", "b", ")") + " { \(allow) }")
            case "notIf": policy("bool b true;\nif (" + Self.nested("!", "b", "") + ") { \(allow) }")
            case "set": policy("allow " + Self.nested("{", "xen_t", "}") + " self:xen reboot;")
            case "optional": policy(Self.nested("optional { ", allow, "}"))
            case "else": policy("optional { require { type absent_t; } } else { " + Self.nested("optional { ", allow, "}") + "}")
            default: policy("bool b true;\n" + Self.nested("if (b) { ", allow, "}"))
            }
        try folder.write("policy.conf", text)
        try expect(1, test.message, ["policy.conf", "-o", "out"], in: folder, mebibytes: 200)
    }

    // MARK: Sets

    @Test func giantSets() throws {
        let folder = try Folder()
        defer { folder.remove() }
        func expectPolicy(_ status: Int32, _ message: String?, _ text: String, mebibytes: Int = 300) throws {
            try folder.write("policy.conf", text)
            try expect(status, message, ["-t", "Xen", "--no-lint", "policy.conf", "-o", "out"], in: folder, mebibytes: mebibytes)
        }
        let types = Self.list(5_000) { "type type\($0);" }
        let names = "{ " + Self.list(5_000, " ") { "type\($0)" } + " }"
        let many = "{ " + Self.list(100_000, " ") { "type\($0)" } + " }"
        try expectPolicy(
            1, "types and attributes; an image holds 65535",
            policy(Self.list(100_000) { "type type\($0);" } + "\nallow xen_t \(many):xen reboot;"))
        try expectPolicy(
            0, nil, policy(Self.list(60_000) { "type type\($0);" } + "\nallow xen_t { " + Self.list(60_000, " ") { "type\($0)" } + " }:xen reboot;"))
        // Through an attribute 25 million pairs are one rule.
        try expectPolicy(0, nil, policy("attribute all;\n" + Self.list(5_000) { "type type\($0), all;" } + "\nallow all all:xen reboot;"))
        try expectPolicy(0, nil, policy("allow xen_t { " + Self.list(1_000_000, " ") { _ in "xen_t" } + " }:xen reboot;"))
        try expectPolicy(
            1, "100 errors", policy("allow xen_t { " + Self.list(1_000_000, " ") { "absent\($0)" } + " }:xen reboot;"))
        try expectPolicy(0, nil, policy(types + "\nallow { type1 type2 } \(names):xen reboot;"))
        try expectPolicy(
            1, "rules name more than 268435456 pairs of types",
            policy(Self.list(60_000) { "type type\($0), all;" }.replacingOccurrences(of: "type type0,", with: "attribute all;\ntype type0,")
                + "\ntype_transition all all:xen xen_t;"))
        try expectPolicy(
            1, "more than 2097152 role rules and transitions",
            policy(Self.list(2_000) { "role role\($0);" } + "\nallow { " + Self.list(2_000, " ") { "role\($0)" } + " } { "
                + Self.list(2_000, " ") { "role\($0)" } + " };"))
    }

    /// So many rules take gigabytes: only where everything is tested at length.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["XSM_LONG"] != nil, "takes long: set XSM_LONG=1"))
    func moreRulesThanAPolicyMayHave() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let names = "{ " + Self.list(9_000, " ") { "type\($0)" } + " }"
        try folder.write("policy.conf", policy(Self.list(9_000) { "type type\($0);" } + "\nallow \(names) \(names):xen reboot;"))
        try expect(
            1, "the policy has more than 67108864 rules", ["-t", "Xen", "--no-lint", "policy.conf", "-o", "out"], in: folder,
            mebibytes: 3_500)
    }

    @Test func expansionForVersionsWithoutAttributes() throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write(
            "policy.conf", policy("attribute all;\n" + Self.list(5_000) { "type type\($0), all;" } + "\nallow all all:xen reboot;"))
        try expect(
            1, "version 18 has no attributes, and without them the policy has more than 8388608 rules",
            ["-t", "SELinux", "-c", "18", "policy.conf", "-o", "out"], in: folder)
        // A small image is as much of a danger.
        try expect(0, nil, ["-t", "SELinux", "policy.conf", "-o", "out"], in: folder)
        #expect(try Command.compile("-t", "SELinux", "policy.conf", "-o", "image", in: folder).status == 0)
        try expect(1, "without them the policy has more than 8388608 rules", ["-b", "-c", "18", "image", "-o", "out"], in: folder)
    }

    /// As many contexts as no machine has devices: each is compared with those before it.
    @Test func manyContexts() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let context = "system_u:system_r:xen_t"
        func expectContexts(_ contexts: String) throws {
            try folder.write("policy.conf", policy(contexts: contexts))
            try expect(0, nil, ["-t", "Xen", "--no-lint", "policy.conf", "-o", "out"], in: folder, mebibytes: 300)
        }
        try expectContexts(Self.list(50_000) { "pirqcon \($0) \(context)" })
        try expectContexts(Self.list(100_000) { "iomemcon \(2 * (($0 * 7_919) % 100_000)) \(context)" })
        try expectContexts(Self.list(100_000) { "pcidevicecon \($0) \(context)" })
        try expectContexts(Self.list(100_000) { "devicetreecon \"/\($0)\" \(context)" })
        try folder.write("policy.conf", policy(Self.list(100_000) { _ in "optional { require { type xen_t; } allow xen_t self:xen reboot; }" }))
        try expect(0, nil, ["-t", "Xen", "policy.conf", "-o", "out"], in: folder)
    }

    @Test func manyCategories() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let text = """
            class domain
            sid xen
            class domain { create }
            sensitivity s0;
            dominance { s0 }
            \(Self.list(60_000) { "category c\($0);" })
            level s0:c0.c59999;
            mlsconstrain domain create ( l1 dom l2 );
            type xen_t;
            allow xen_t self:domain create;
            role system_r;
            role system_r types xen_t;
            user system_u roles system_r level s0 range s0 - s0:\(Self.list(20_000, ",") { _ in "c0.c59999" });
            sid xen system_u:system_r:xen_t:s0

            """
        try folder.write("policy.conf", text)
        try expect(0, nil, ["-M", "-t", "Xen", "--no-lint", "policy.conf", "-o", "out"], in: folder, mebibytes: 200)
    }

    // MARK: Macros

    @Test(arguments: [
        ("define(`r', `r')r", "more than 25000000 macro calls"),
        ("define(`r', `r($@, x)')r(x)", "bytes read"),
        ("define(`r', `r(r')r", "more than 65536 calls wait for their arguments"),
        ("define(`r', `forever r r')r", "more than 8388608 pieces of text wait to be read"),
        ("define(`r', `divert($1)x`'r(incr($1))')r(1)", "more than 4096 diversions hold text"),
        ("define(`r', `patsubst(xxxx, `x*y') r')r", "searches for regular expressions take more than 500000000 steps"),
        ("regexp(format(`%100000s', a), `\\( *\\)*b')", "it passed 20000000 steps"),
        ("include(`modules/guest.te')", "more than 10000 files are included"),
        ("include(`/dev/zero')", "file too large"),
        ("format(`%2000000000s', a)", "`format` makes more than 268435456 bytes"),
        ("eval(1, 10, 1000000000)", "a number of 1000000000 digits"),
        ("define(`a', `x')" + String(repeating: "define(`a', defn(`a')defn(`a'))", count: 60) + "a", "pieces of text"),
        (bomb(String(repeating: "x", count: 1_000)), "the output passes 536870912 bytes"),
        (nested("`", "", ""), "the file ends inside a quoted string"),
        ("define(`a', `$1')" + nested("a(", "", ")"), "more than 65536 calls wait for their arguments"),
    ])
    func macroBombs(_ test: (text: String, message: String)) throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write("tree/modules/modules.conf", "guest = on\n")
        try folder.write("tree/modules/guest.te", test.text + "\n")
        try expect(1, test.message, ["tree", "-o", "out"], in: folder, mebibytes: 1_500)
    }

    /// Each macro calls the one before it twice.
    private static func bomb(_ charge: String) -> String {
        "define(`d0', `\(charge)')" + (1..<60).map { "define(`d\($0)', `d\($0 - 1)`'d\($0 - 1)')" }.joined() + "d59"
    }

    /// The two are as long as the text, and found without comparing each place with all that is looked for.
    @Test func searchOfOneLongTextInAnother() throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write("tree/modules/modules.conf", "guest = on\n")
        try folder.write(
            "tree/modules/guest.te",
            "define(`x', format(`%500000s', a))ifelse(index(x`'x, x`'b):index(x`'x, format(`%500000s', b)):index(abcabd, abd), "
                + "-1:-1:3, `errprint(`found')')\n")
        try expect(1, "the policy says: found", ["tree", "-o", "out"], in: folder, mebibytes: 200)
    }

    // MARK: Texts

    @Test func longLinesNamesAndLists() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let allow = "allow xen_t self:xen reboot; "
        let long = String(repeating: allow, count: 100_000)
        let number = String(repeating: "9", count: 1_000_000)
        let cases: [(status: Int32, message: String?, text: String)] = [
            (0, nil, policy("type " + String(repeating: "n", count: 5_000_000) + ";")),
            (1, "`absent_t` is not declared", policy(long + "allow absent_t self:xen reboot; " + long)),
            (0, nil, policy("#" + String(repeating: "x", count: 10_000_000))),
            (1, "does not fit in", policy(contexts: "pirqcon \(number) system_u:system_r:xen_t")),
            (1, "100 errors", policy(Self.list(100_000) { "allow absent\($0) self:xen reboot;" })),
            (1, "100 errors", String(repeating: "allow allow\n", count: 100_000)),
            (1, "100 errors", policy(Self.list(100_000) { _ in "type xen_t;" })),
            (0, nil, policy(Self.list(50_000) { "type unused\($0);" })),
            (0, nil, policy(Self.list(50_000) { "# xsm: allow unused-type kept\ntype unused\($0);" })),
        ]
        for test in cases {
            try folder.write("policy.conf", test.text)
            try expect(test.status, test.message, ["-t", "Xen", "policy.conf", "-o", "out"], in: folder, mebibytes: 400)
        }
    }

    @Test func whatIsNoText() throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write("empty", "")
        try folder.write("zeros", [UInt8](repeating: 0, count: 100_000))
        try folder.write("zero-in-name.conf", policy("type x\0y;"))
        try folder.write("noise", (0..<100_000).map { UInt8(truncatingIfNeeded: ($0 &* $0) >> 3 ^ $0) })
        try FileManager.default.createDirectory(at: folder.url.appendingPathComponent("directory"), withIntermediateDirectories: true)
        let cases: [(arguments: [String], message: String)] = [
            (["empty"], "the policy has no class declarations"), (["zeros"], "`\\x00` has no meaning in a policy"),
            (["zero-in-name.conf"], "`\\x00` has no meaning in a policy"), (["noise"], "error"),
            (["directory"], "not-a-tree"), (["/dev/zero"], "file too large"), (["/dev/null"], "the policy has no class declarations"),
            (["-b", "empty"], "the image ends too early"), (["-b", "zeros"], "0x0 does not begin a policy image"),
            (["-b", "noise"], "invalid-image"), (["-b", "/dev/zero"], "file too large"), (["-b", "directory"], "is a directory"),
        ]
        for test in cases {
            try expect(1, test.message, test.arguments + ["-o", "out"], in: folder, mebibytes: 600)
        }
    }
}
