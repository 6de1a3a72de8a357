import Foundation
import Testing

@Suite("What is given in the place of a tree is told with the tree that is near")
struct NearbyTreeTests {
    private static let policies = Command.repository.appendingPathComponent("Policies").path

    private func message(_ arguments: String..., in folder: Folder) throws -> String {
        let run = try Command(Command.compiler, arguments, in: folder.url)
        #expect(run.status == 1 && run.output.isEmpty, "\(arguments)")
        return run.errors
    }

    @Test("A folder of a tree, a folder of trees, and one that has to do with none")
    func folders() throws {
        let folder = try Folder()
        defer { folder.remove() }
        #expect(try Command.shell("cp -r \(Self.policies)/examples/minimal tree && mkdir -p all/deep empty && cp -r tree all/deep", in: folder).status == 0)
        for path in ["tree/modules", "tree/modules/", "./tree/policy/."] {
            let text = try message(path, in: folder)
            #expect(text.contains("error[not-a-tree]: `\(path)` holds no policy tree\n  = help: it lies in the tree `tree`: give that"), "\(text)")
        }
        #expect(try message("all", in: folder).contains("help: there is one in it: give `all/deep/tree`"))
        #expect(try message(".", in: folder).contains("help: there is one in it: give `tree`"))
        #expect(try message("empty", in: folder).contains("help: a tree has `modules/modules.conf`"))
        #expect(try Command.shell("cp -r tree more && cp -r tree most", in: folder).status == 0)
        #expect(try message(".", in: folder).contains("help: there are 3 in it, of which to give one: `more`, `most`, `tree`"))
        // As somebody in a folder of the tree sees it.
        let inside = try Command(Command.compiler, ["."], in: folder.url.appendingPathComponent("tree/modules"))
        #expect(inside.errors.contains("help: it lies in the tree `..`: give that"), "\(inside.errors)")
    }

    @Test("A module is told to be one; what compiles by itself is compiled, wherever it lies")
    func modules() throws {
        let folder = try Folder()
        defer { folder.remove() }
        #expect(try Command.shell("cp -r \(Self.policies)/reference tree", in: folder).status == 0)
        let text = try message("tree/modules/guest.te", in: folder)
        #expect(text.contains("error[part-of-tree]: `tree/modules/guest.te` is a part of the policy tree `tree`"), "\(text)")
        #expect(text.contains("help: compile the tree: `xsm-compile tree`") && text.hasSuffix("\n1 error\n\n"), "\(text)")
        let inside = try Command(Command.compiler, ["guest.te"], in: folder.url.appendingPathComponent("tree/modules"))
        #expect(inside.errors.contains("part of the policy tree `..`"), "\(inside.errors)")
        #expect(try Command.compile("tree", "--emit", "tree/modules/whole.te", "-o", "out", in: folder).status == 0)
        #expect(try Command.compile("-t", "Xen", "--no-lint", "tree/modules/whole.te", in: folder).status == 0)
        // The same mistakes elsewhere are the author's to see.
        #expect(try Command.shell("cp tree/modules/guest.te alone.te", in: folder).status == 0)
        #expect(try message("alone.te", in: folder).contains("undefined-macro"))
    }

    @Test("--quiet says nothing of what was written, and all that is wrong")
    func quiet() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let tree = Self.policies + "/examples/minimal"
        let loud = try Command.compile(tree, "-o", "loud", in: folder)
        let quiet = try Command.compile("--quiet", tree, "-o", "quiet", in: folder)
        #expect(!loud.output.isEmpty && quiet.output.isEmpty && loud.status == 0 && quiet.status == 0)
        #expect(try folder.contents("loud") == folder.contents("quiet"))
        #expect(try Command.compile("--quiet", "nothing", in: folder).errors.contains("`nothing` does not exist"))
    }
}
