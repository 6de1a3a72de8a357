import Foundation
import Testing

/// However a compilation ends, what was there before is whole.
@Suite(.serialized) struct OutputFailureTests {
    private static let policy = Command.repository.appendingPathComponent("Policies/examples/minimal").path

    /// One mistake, and none of the files asked for is touched.
    @Test func failedCompileWritesNoneOfItsFiles() throws {
        let folder = try Folder()
        defer { folder.remove() }
        #expect(try Command.shell("cp -r \(Self.policy) tree && echo 'allow nobody_t self:domain create;' >> tree/modules/base.te", in: folder).status == 0)
        let options = ["--emit", "text", "--depfile", "out.d", "-o", "out"]
        #expect(try Command(Command.compiler, ["tree"] + options, in: folder.url).status == 1)
        #expect(try folder.names() == ["tree"])
        for name in ["text", "out.d", "out"] { try folder.write(name, "older") }
        #expect(try Command(Command.compiler, ["tree"] + options, in: folder.url).status == 1)
        for name in ["text", "out.d", "out"] { #expect(try folder.text(name) == "older") }
        // What CIL cannot express, too.
        #expect(try Command(Command.compiler, ["tree", "-C"] + options, in: folder.url).status == 1)
        #expect(try folder.text("text") == "older")
        #expect(try folder.names() == ["out", "out.d", "text", "tree"])
    }

    /// Root may write anywhere, so root's test run becomes nobody for this.
    @Test func folderThatIsNotWritableStaysAsItIs() throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write("closed/out", "older")
        let prepared = try Command.shell(
            "chmod 755 . && cp -r \(Self.policy) tree && cp $COMPILE compile && chmod 755 compile && chmod 555 closed && chmod 644 closed/out",
            in: folder)
        try #require(prepared.status == 0, "\(prepared.errors)")
        let user = geteuid() == 0 ? "setpriv --reuid 65534 --regid 65534 --clear-groups " : ""
        for output in ["closed/out", "closed/new"] {
            let run = try Command.shell("\(user)./compile tree -o \(output)", in: folder)
            #expect(run.status == 1)
            #expect(run.errors.contains("error[unwritable]: `\(output)` cannot be written: permission denied"), "\(run.errors)")
        }
        #expect(try folder.text("closed/out") == "older")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path + "/closed") == ["out"])
        _ = try Command.shell("chmod 755 closed", in: folder)
    }

    /// A file system of 16 KiB takes the older file and not the newer beside it.
    @Test func fullFileSystemKeepsTheOlderFile() throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write("disk/placeholder", "")
        let script = """
            mount -t tmpfs -o size=16k tmpfs disk || exit 99
            echo older > disk/out; head -c 8192 /dev/zero > disk/rest
            $COMPILE \(Self.policy) --xen-release 4.19 -o disk/out; status=$?
            ls disk; cat disk/out; exit $status
            """
        try folder.write("script", script)
        var run = try Command.shell("unshare --mount bash script", in: folder)
        if run.status != 1 { run = try Command.shell("unshare --user --map-root-user --mount bash script", in: folder) }
        guard run.status != 99, !run.errors.contains("unshare failed") else {
            // Not a missing program: containers forbid it. The limit on the size of files is tested everywhere.
            Issue.record("no file system can be mounted here: a full one was not tested", severity: .warning)
            return
        }
        #expect(run.status == 1)
        #expect(run.errors.contains("`disk/out` cannot be written: no space left on device"), "\(run.errors)")
        #expect(String(decoding: run.output, as: UTF8.self) == "out\nrest\nolder\n")
    }

    /// The system's signal comes in the middle of a write: the limit on the size of files is one block into the result.
    /// `env` sees to it that the signal is not ignored, as it is below some programs.
    @Test func signalInTheMiddleOfTheWriteLeavesTheOlderFile() throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write("out", "older")
        let run = try Command.shell("ulimit -c 0; ulimit -f 1; env --default-signal=XFSZ $COMPILE \(Self.policy) -o out >/dev/null 2>&1; exit $?", in: folder)
        #expect(run.status == 128 + SIGXFSZ)
        #expect(try folder.text("out") == "older")
        let others = try folder.names().filter { $0 != "out" }
        #expect(others.count == 1 && others[0].hasPrefix("out."), "\(others)")
    }

    /// Whenever it is killed, the output is the older file or the newer, never a part.
    @Test func killedAtAnyTimeTheOutputIsWhole() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let guests = (0..<500).map { "type g\($0)_t, guest_type;\n" }.joined()
        try folder.write(
            "policy.conf",
            """
            class domain
            sid xen
            class domain { create }
            attribute guest_type;
            type xen_t;
            \(guests)
            type_transition guest_type guest_type:domain xen_t;
            role system_r;
            role system_r types { xen_t guest_type };
            user system_u roles system_r;
            sid xen system_u:system_r:xen_t

            """)
        #expect(try Command.compile("policy.conf", "--no-lint", "-o", "expected", in: folder).status == 0)
        let expected = try folder.contents("expected")
        var kills = 0
        for delay in stride(from: 0.002, to: 0.1, by: 0.007) {
            try folder.write("out", "older")
            let line = "$COMPILE policy.conf --no-lint -o out & sleep \(delay); kill -KILL $! 2>/dev/null; wait $!"
            if try Command.shell(line, in: folder).status == 128 + SIGKILL { kills += 1 }
            let out = try folder.contents("out")
            #expect(out == expected || out == Array("older".utf8), "\(out.count) bytes after \(delay) s")
        }
        #expect(kills > 0)
    }

    /// A link to the result stays a link.
    @Test func outputThroughALinkGoesToTheFile() throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write("boot/policy-1", "older")
        let run = try Command.shell(
            "ln -s boot/policy-1 link; $COMPILE \(Self.policy) -o link >/dev/null && $COMPILE \(Self.policy) -o new >/dev/null && test -L link && cmp boot/policy-1 new",
            in: folder)
        #expect(run.status == 0, "\(run.errors)")
        #expect(try folder.names() == ["boot", "link", "new"])
    }

    /// Other names of the standard output, and what bash makes a file of.
    @Test func streamsGetTheSameBytesAsFiles() throws {
        let folder = try Folder()
        defer { folder.remove() }
        #expect(try Command.compile(Self.policy, "-o", "file", in: folder).status == 0)
        for line in ["-o /dev/fd/1 > other", "-o /proc/self/fd/1 | cat > other", "-o >(cat > other) >/dev/null; wait $!; sleep 0.05"] {
            let run = try Command.shell("rm -f other; $COMPILE \(Self.policy) \(line); cmp other file", in: folder)
            #expect(run.status == 0, "\(line): \(run.errors) \(String(decoding: run.output, as: UTF8.self))")
        }
    }
}
