import Foundation
import TestSupport
import Testing

/// Who ends a compilation, by Ctrl-C or otherwise, finds what was there before it or what it was to make, and nothing beside it.
@Suite struct InterruptionTests {
    /// The calls by which a result comes to its place; a signal arrives with the first of each kind that is about it.
    @Test(arguments: ["fchmod", "rename", "close", "write"], ["SIGINT", "SIGTERM", "SIGHUP"])
    func nothingIsLeftBeside(call: String, signal: String) throws {
        guard let strace = BuiltPackage.executable(URL(fileURLWithPath: "/usr/bin/strace")) else {
            return Peer.missing("strace, which `scripts/setup test` installs: nobody interrupted a compilation")
        }
        let compiler = try #require(BuiltPackage.compiler)
        let tree = Command.repository.appendingPathComponent("Policies/examples/minimal").path
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write("made", "old")
        // Only of calls about the file beside the result is told; a write to it has the whole of it.
        // The tests have all signals blocked, and so would what they start.
        let unblocked = "import os, signal, sys; signal.pthread_sigmask(signal.SIG_SETMASK, []); os.execv(sys.argv[1], sys.argv[1:])"
        let run = try ProcessResult.run(
            URL(fileURLWithPath: "/usr/bin/env"),
            ["-C", folder.url.path, "python3", "-c", unblocked, strace.path, "-f", "-o", "calls", "-e", "trace=\(call)", "-e", "inject=\(call):signal=\(signal)", compiler.path, tree, "-o", "made"])
        let calls = try folder.text("calls")
        try #require(calls.contains("INJECTED") || calls.contains("--- \(signal)"), "\(calls)")
        #expect(run.status != 0 || run.wasKilled, "\(signal) did nothing")
        let made = try folder.text("made")
        #expect(try folder.names().sorted() == ["calls", "made"], "\(call)")
        #expect(made == "old" || made.contains("XenFlask") && made.utf8.count > 1_000, "a part was written")
    }
}
