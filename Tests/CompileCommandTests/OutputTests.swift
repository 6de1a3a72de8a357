import Foundation
import Testing

/// What the tool leaves behind: the whole result or nothing.
@Suite struct OutputTests {
    private let policy = Command.repository.appendingPathComponent("Policies/examples/minimal").path

    @Test func exitStatusTellsSuccessMistakeAndUsage() throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write("broken.conf", "class domain\nnonsense\n")
        #expect(try Command.compile(policy, "-o", "out", in: folder).status == 0)
        #expect(try Command.compile("broken.conf", in: folder).status == 1)
        #expect(try Command.compile("absent.conf", in: folder).status == 1)
        for arguments in [[], ["--nonsense"], ["-c", "x", policy], [policy, "-o"], [policy, policy]] {
            let run = try Command(Command.compiler, arguments, in: folder.url)
            #expect(run.status == 2, "\(arguments): \(run.errors)")
            #expect(run.errors.contains("--help"), "\(arguments): \(run.errors)")
        }
        #expect(try folder.names() == ["broken.conf", "out"])
    }

    @Test func failedCompileLeavesTheOlderFile() throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write("out", "older")
        try folder.write("broken.conf", "class domain\nnonsense\n")
        #expect(try Command.compile("broken.conf", "-o", "out", in: folder).status == 1)
        #expect(try folder.text("out") == "older")
        #expect(try folder.names() == ["broken.conf", "out"])
    }

    @Test func newerFileKeepsTheModeOfTheOlder() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let run = try Command.shell("umask 027; touch out; chmod 600 out; $COMPILE \(policy) -o out && $COMPILE \(policy) -o new; stat -c %a out new", in: folder)
        #expect(String(decoding: run.output, as: UTF8.self).hasSuffix("600\n640\n"))
    }

    @Test func everyKindOfOutputGetsTheSameBytes() throws {
        let folder = try Folder()
        defer { folder.remove() }
        #expect(try Command.compile(policy, "-o", "file", in: folder).status == 0)
        let expected = try folder.contents("file")
        #expect(expected.count > 100)
        #expect(try Command.compile(policy, "-o", "-", in: folder).output == expected)
        #expect(try Command.shell("$COMPILE \(policy) -o /dev/stdout | cat > piped; cmp piped file", in: folder).status == 0)
        #expect(
            try Command.shell(
                "mkfifo pipe; cat pipe > through & $COMPILE \(policy) -o pipe >/dev/null; status=$?; wait; cmp through file && exit $status",
                in: folder
            ).status == 0)
        #expect(try Command.shell("$COMPILE \(policy) -o /dev/null && test -c /dev/null", in: folder).status == 0)
    }

    @Test func outputThatCannotBeWrittenIsAnError() throws {
        let folder = try Folder()
        defer { folder.remove() }
        for line in ["$COMPILE \(policy) -o absent/out", "$COMPILE \(policy) -o .", "$COMPILE \(policy) -o - > /dev/full", "$COMPILE \(policy) -o /dev/full"] {
            let run = try Command.shell(line, in: folder)
            #expect(run.status == 1, "\(line): \(run.errors)")
            #expect(run.errors.contains("cannot be written"), "\(line): \(run.errors)")
            // Said once.
            #expect(run.errors.components(separatedBy: "error[").count == 2, "\(line): \(run.errors)")
        }
        #expect(try folder.names() == [])
    }

    /// Wherever the system refuses a write, the older file is whole: the limit on the size of files is moved over the
    /// length of the result.
    @Test func resultThatDoesNotFitLeavesTheOlderFile() throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write("out", "older")
        for blocks in [0, 1] {  // of 1,024 bytes
            let run = try Command.shell("(trap '' XFSZ; ulimit -f \(blocks); $COMPILE \(policy) -o out) 2>&1 | cat", in: folder)
            #expect(String(decoding: run.output, as: UTF8.self).contains("cannot be written"), "\(blocks) blocks")
            #expect(try folder.text("out") == "older")
            #expect(try folder.names() == ["out"])
        }
    }

    @Test func dependencyFileNamesEveryFileOfTheTree() throws {
        let folder = try Folder()
        defer { folder.remove() }
        #expect(try Command.shell("cp -r \(policy) 'my tree' && $COMPILE 'my tree' -o out --depfile out.d", in: folder).status == 0)
        // Make itself reads it: touching any source makes the target stale.
        try folder.write("Makefile", "out:\n\t@echo rebuild\ninclude out.d\n")
        #expect(try Command.shell("make -q", in: folder).status == 0)
        for file in ["modules/base.te", "modules/modules.conf", "policy/users"] {
            let line = "touch -d '+1 hour' 'my tree/\(file)'; make -q; status=$?; touch -d '-1 hour' 'my tree/\(file)'; exit $status"
            #expect(try Command.shell(line, in: folder).status == 1, "\(file)")
        }
    }

    @Test func emittedTextCompilesToTheSameBytes() throws {
        let folder = try Folder()
        defer { folder.remove() }
        #expect(try Command.compile(policy, "-o", "tree", "--emit", "policy.conf", in: folder).status == 0)
        #expect(try Command.compile("policy.conf", "-o", "text", in: folder).status == 0)
        #expect(try folder.contents("tree") == folder.contents("text"))
        let piped = try Command.compile("-", "-o", "piped", in: folder, input: folder.contents("policy.conf"))
        #expect(piped.status == 0)
        #expect(try folder.contents("tree") == folder.contents("piped"))
    }
}
