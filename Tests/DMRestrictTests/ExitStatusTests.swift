import Foundation
import Glibc
import TestSupport
import Testing

/// One rule for all commands: 2 for a command line that is wrong; 1 for what could not be done; 125 where the status is otherwise that of
/// what was launched, and nothing was.
@Suite struct ExitStatusTests {
    private static let failing: [(words: [String], status: Int32, told: String)] = [
        (["run", "/no/such"], 125, "the configuration `/no/such` does not exist"), (["run", "--plan", "text", "/no/such"], 125, "`/no/such` does not exist"),
        (["exec", "--user", "7:7", "/bin/true"], 125, "there is no profile"),
        (["trace", "--user", "7:7", "--profile", "/no/such", "/bin/true"], 125, "the profile `/no/such` does not exist; those that are installed are `minimal.policy`"),
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

    @Test("A profile that is shipped is found by its name, wherever one stands") func profilesAreFoundByName() throws {
        let tool = try #require(BuiltPackage.launcher)
        let folder = try TemporaryFolder()
        let words = ["plan", "--user", "7:7", "--bind", "/bin/true:x", "--profile"]
        let found = try ProcessResult.run(tool, words + ["minimal.policy", "/bin/true"], in: folder.url)
        #expect(found.status == 0 && found.text.contains("minimal"), "\(found.text)")
        // A file that lies here comes first, and what is named with its folder is looked for nowhere else.
        try Data("nonsense\n".utf8).write(to: folder.url.appendingPathComponent("minimal.policy"))
        #expect(try ProcessResult.run(tool, words + ["minimal.policy", "/bin/true"], in: folder.url).text.contains("minimal.policy:1"))
        for name in ["./qemu-xen.policy", "nothing.policy"] {
            let result = try ProcessResult.run(tool, words + [name, "/bin/true"], in: folder.url)
            #expect(result.status == 1 && result.text.contains("the profile `\(name)` does not exist; those that are installed are `minimal.policy`, `qemu-xen.policy`"), "\(result.text)")
        }
    }

    @Test("Who may not launch is told which privileges are missing, and what to do") func missingPrivileges() throws {
        let tool = try #require(BuiltPackage.launcher)
        let result = try ProcessResult.run(
            URL(fileURLWithPath: "/usr/bin/setpriv"),
            ["--bounding-set", "-sys_admin,-setuid", tool.path, "exec", "--user", "1400001:1400001", "--profile", "minimal.policy", "--bind", "/usr/bin:x", "/usr/bin/true"])
        #expect(result.status == 125 && result.text.contains(": operation not permitted\n"), "\(result.text)")
        #expect(result.text.hasSuffix("this process lacks CAP_SYS_ADMIN, CAP_SETUID: run it as root, as by `sudo xsm-launch exec …`\n"), "\(result.text)")
        // Who has them is told nothing of them, whatever fails.
        let other = try ProcessResult.run(tool, ["exec", "--user", "1400001:1400001", "--profile", "minimal.policy", "/no/such"])
        #expect(other.status == 125 && !other.text.contains("lacks"), "\(other.text)")
    }

    @Test("A hypervisor that ends before it serves is told with its last words") func lastWordsOfAHypervisor() throws {
        let tool = try #require(BuiltPackage.launcher)
        let folder = try TemporaryFolder()
        try Data("class xen\nnonsense\n".utf8).write(to: folder.url.appendingPathComponent("bad.conf"))
        let result = try ProcessResult.run(
            tool, ["run", "--policy", "bad.conf", "--directory", "d", "--log", "log", "--name", "a-\(getpid())", "--memory", "64", "--seclabel", "a:b:c"], in: folder.url)
        #expect(result.status == 125 && result.text.hasPrefix("error: the hypervisor ended before it served\nwhat QEMU or the hypervisor said last, in `log`:\n"), "\(result.text)")
        #expect(result.text.contains("bad.conf:2:1"), "\(result.text)")
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
            return Peer.missing("root: no file of limits was read")
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
