import Foundation
import Testing

/// `--depfile` with a real make.
@Suite struct DependencyTests {
    /// An included file is a source like any other: when it changes the policy is built anew, and when it goes away
    /// with what included it, make goes on.
    @Test func makeRebuildsWhenAnIncludedFileChanges() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let policy = Command.repository.appendingPathComponent("Policies/examples/minimal").path
        #expect(try Command.shell("cp -r \(policy) tree", in: folder).status == 0)
        let base = try folder.text("tree/modules/base.te")
        // Relative to the tree, as for m4 in Xen's Makefile, and not to where the compiler runs.
        try folder.write("tree/modules/base.te", base + "include(`local/rules.te')\nsinclude(`local/absent.te')\n")
        try folder.write("tree/local/rules.te", "bool first true;\n")
        try folder.write("local/rules.te", "nonsense\n")
        try folder.write("Makefile", "out:\n\t$(COMPILE) tree --xen-release 4.19 -o $@ --depfile out.d\n-include out.d\n")

        func make() throws -> [UInt8] {
            let run = try Command.shell("make", in: folder)
            #expect(run.status == 0, "\(run.errors)")
            return try folder.contents("out")
        }
        let first = try make()
        #expect(try Command.shell("make -q", in: folder).status == 0, "nothing changed")
        #expect(try folder.text("out.d").components(separatedBy: "tree/local/rules.te").count == 3, "as a prerequisite, and by itself")

        try folder.write("tree/local/rules.te", "bool first true;\nbool second true;\n")
        #expect(try Command.shell("touch -d '+1 minute' tree/local/rules.te; make -q", in: folder).status == 1)
        let second = try make()
        #expect(second.count > first.count)

        try folder.write("tree/modules/base.te", base)
        try FileManager.default.removeItem(at: folder.url.appendingPathComponent("tree/local"))
        #expect(try make().count < first.count)
        #expect(!(try folder.text("out.d").contains("local")))
    }
}
