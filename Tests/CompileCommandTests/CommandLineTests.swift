import Foundation
import Testing

/// Command lines that make no sense are refused, instead of half of them being done.
@Suite struct CommandLineTests {
    private static let policy = Command.repository.appendingPathComponent("Policies/examples/minimal").path

    private func folder() throws -> Folder {
        let folder = try Folder()
        #expect(try Command.shell("cp -r \(Self.policy) tree", in: folder).status == 0)
        try #require(try Command.compile("tree", "--emit", "x.conf", "-o", "image", in: folder).status == 0)
        return folder
    }

    @Test func nonsenseIsRefusedBeforeAnythingIsWritten() throws {
        let folder = try folder()
        defer { folder.remove() }
        try FileManager.default.createSymbolicLink(
            atPath: folder.url.path + "/link", withDestinationPath: "x.conf")
        let before = try folder.names()
        let source = try folder.contents("x.conf")
        for (arguments, words) in [
            (["-b", "image", "--emit", "text"], "`--emit`"), (["-b", "image", "--depfile", "d"], "`--depfile`"),
            (["-b", "image", "--modules", "base"], "`--modules`"), (["-b", "image", "-D", "a"], "`-D`"),
            (["x.conf", "--modules", "base"], "is a file"), (["x.conf", "-D", "a"], "is a file"),
            (["tree", "--modules", "base,,dom0"], "without a name"), (["tree", "--modules", "+"], "without a name"),
            (["x.conf", "-C"], "say where to write it with `-o`"), (["-b", "-F", "image"], "say where to write it with `-o`"),
            (["-b", "-C", "image"], "say where to write it with `-o`"),
            (["x.conf", "-o", "x.conf"], "over the input"), (["x.conf", "-o", "tree/../x.conf"], "over the input"),
            (["x.conf", "-o", "link"], "over the input"), (["x.conf", "--emit", "x.conf", "-o", "out"], "over the input"),
            (["x.conf", "-o", "new", "--emit", "new"], "would both write"), (["x.conf", "-o", "new", "--emit", "./new"], "would both write"),
            (["x.conf", "-o", "image", "--depfile", "tree/../image"], "would both write"),
            (["x.conf", "-o", "-", "--emit", "-"], "would both write"),
        ] {
            let run = try Command(Command.compiler, arguments, in: folder.url)
            #expect(run.status == 2, "\(arguments): \(run.errors)")
            #expect(run.errors.contains(words), "\(arguments): \(run.errors)")
        }
        #expect(try folder.names() == before)
        #expect(try folder.contents("x.conf") == source)
        // What takes everything may be asked to take two results.
        #expect(try Command.compile("x.conf", "-o", "/dev/null", "--emit", "/dev/null", in: folder).status == 0)
    }

    @Test func aSourceOfATreeIsNotOverwritten() throws {
        let folder = try folder()
        defer { folder.remove() }
        let base = try folder.contents("tree/modules/base.te")
        let run = try Command.compile("tree", "-o", "tree/modules/base.te", in: folder)
        #expect(run.status == 1)
        #expect(run.errors.contains("error[unwritable]"), "\(run.errors)")
        #expect(try folder.contents("tree/modules/base.te") == base)
    }

    @Test func aDirectoryIsNoBinaryAndDoesExist() throws {
        let folder = try folder()
        defer { folder.remove() }
        let run = try Command.compile("-b", "tree", in: folder)
        #expect(run.errors.contains("error[no-input]: `tree` is a directory"), "\(run.errors)")
    }

    /// Nothing but the result goes where the result goes.
    @Test func resultOnTheStandardOutputIsAlone() throws {
        let folder = try folder()
        defer { folder.remove() }
        let text = try Command.compile("tree", "--emit", "-", "-o", "out", in: folder)
        #expect(text.output == (try folder.contents("x.conf")))
        #expect(try Command.compile("tree", "--depfile", "named.d", "-o", "out", in: folder).status == 0)
        let depfile = try Command.compile("tree", "--depfile", "-", "-o", "out", in: folder)
        #expect(depfile.output == (try folder.contents("named.d")))
    }
}
