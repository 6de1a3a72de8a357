import Foundation
import Glibc
import TestSupport
import Testing

/// One rule for all commands: 2 for a command line that is wrong; 1 for what could not be done; 125 where the status is otherwise that of
/// what was launched, and nothing was.
@Suite struct ExitStatusTests {
    private static let failing: [(words: [String], status: Int32, told: String)] = [
        (["run", "/no/such"], 125, "there is no configuration"), (["run", "--plan", "text", "/no/such"], 125, "there is no configuration"),
        (["exec", "--user", "7:7", "/bin/true"], 125, "there is no profile"),
        (["trace", "--user", "7:7", "--profile", "/no/such", "/bin/true"], 125, "there is no profile"),
        (["trace", "--profile", "/no/such", "qemu", "-m", "8"], 125, "which domain it serves"),
        (["qemu", "-m", "8"], 125, "which domain it serves"),
        (["plan", "--user", "7:7", "/bin/true"], 1, "there is no profile"),
        (["attach", "no such"], 1, "nothing that runs"), (["insert", "no such", "hdc", "/x"], 1, "nothing that runs"),
        (["eject", "no such", "hdc"], 1, "nothing that runs"), (["save", "no such", "/x"], 1, "nothing that runs"),
        (["resume", "no such"], 1, "nothing that runs"), (["verify", "no such"], 1, "nothing that runs"),
        (["verify", "no such", "--plan", "/x"], 1, "is to be a process's number"), (["stop", "no such"], 1, "nothing that runs"),
        (["reap", "7", "--reaper", "7"], 1, "neither is root"),
    ]

    @Test(arguments: failing.indices) func whatCannotBeDoneHasTheStatusOfItsKind(_ index: Int) throws {
        let tool = try #require(BuiltPackage.launcher)
        let (words, status, told) = Self.failing[index]
        let result = try ProcessResult.run(tool, words)
        #expect(result.status == status && result.text.contains("error: ") && result.text.contains(told), "\(words): \(result.status) \(result.text)")
    }

    /// Of every command that the tool's own help names; QEMU's words are QEMU's to understand.
    @Test func aCommandLineThatIsWrongHasTheSameStatusOfAll() throws {
        let tool = try #require(BuiltPackage.launcher)
        let help = try ProcessResult.run(tool, ["--help"])
        #expect(help.status == 0)
        let named = Set(help.text.split(separator: "\n").compactMap { $0.firstMatch(of: /^  ([a-z]+) +[a-z]/)?.1 }.map(String.init))
        #expect(named == Set(Self.failing.map(\.words[0]) + ["list"]))
        for command in named.subtracting(["qemu"]).sorted() {
            for words in [[command, "--no-such-option"], [command, "1", "2", "3", "4", "5"].filter { _ in ["list", "attach", "stop", "resume"].contains(command) }] where !words.isEmpty {
                let result = try ProcessResult.run(tool, words)
                #expect(result.status == 2 && result.text.contains("see `xsm-launch \(command) --help`"), "\(words): \(result.status) \(result.text)")
            }
        }
        #expect(try ProcessResult.run(tool, ["list"]).status == 0)
        #expect(try ProcessResult.run(tool, ["no-such-command"]).status == 2)
    }

    /// Limits that an operator has written wrong: no device model starts.
    @Test func aFileOfLimitsThatIsWrongHasNothingLaunched() throws {
        guard geteuid() == 0, let tool = BuiltPackage.launcher else {
            let isCI = ProcessInfo.processInfo.environment["CI"] != nil
            Issue.record("not root: no file of limits was read", severity: isCI ? .error : .warning)
            return
        }
        let script = "mount -t tmpfs none /etc && mkdir /etc/xsm-launch && printf '# ours\\nmemory 2G\\ncpu much\\n' >/etc/xsm-launch/limits && exec \"$@\""
        let result = try ProcessResult.run(
            URL(fileURLWithPath: "/usr/bin/unshare"), ["--mount", "/bin/sh", "-c", script, "sh", tool.path, "qemu", "-xen-domid", "77"])
        #expect(result.status == 125 && result.text.contains("/etc/xsm-launch/limits:3: `much` is not a number of processors"), "\(result.text)")
        let process = try ProcessResult.run(
            URL(fileURLWithPath: "/usr/bin/env"), ["XSM_PIDS_LIMIT=0", tool.path, "qemu", "-xen-domid", "77"])
        #expect(process.status == 125 && process.text.contains("`XSM_PIDS_LIMIT` is a number from 1 to 4194304: not `0`"), "\(process.text)")
    }
}
