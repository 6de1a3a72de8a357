import DMRestrict
import Foundation
import Glibc
import JSON
import TestSupport
import Testing

/// What runs restricted is found by its name, compared with its plan, and ended.
@Suite struct RunningCommandTests {
    /// A launch of what does nothing for a minute.
    private func sleeper(_ launcher: Launcher, _ options: [String]) throws -> Process {
        let process = Process()
        process.executableURL = launcher.tool
        process.arguments = launcher.arguments(["/bin/sleep", "60"], bindings: Launcher.system, options: options)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        return process
    }

    @Test func whatRunsIsListedVerifiedAndStopped() throws {
        guard let launcher = Launcher(profile: KernelFilterTests.minimal) else { return }
        func tool(_ words: String...) throws -> ProcessResult { try ProcessResult.run(launcher.tool, words) }
        let name = "sleeper-\(getpid())"
        let process = try sleeper(launcher, ["--name", name])
        defer {
            process.kill()
            process.waitUntilExit()
        }
        var record: JSONValue?
        for _ in 0..<500 where record == nil {
            let list = try JSONValue(parsing: tool("list", "--format", "json").output)
            record = list["running"]?.array?.first { $0["plan"]?["name"]?.string == name }
            usleep(10_000)
        }
        let number = try #require(record?["process"]?.integer)
        #expect(try tool("list").text.contains("\(number)\t\(name)\t/bin/sleep"))

        for words in [["verify", name], ["verify", "\(number)", "--profile", launcher.profile.path]] {
            let result = try ProcessResult.run(launcher.tool, words)
            #expect(result.status == 0 && !result.text.contains("DIFFERENT") && result.text.contains("as planned  user: \(launcher.user):\(launcher.user)"), "\(result.text)")
        }
        let report = try JSONValue(parsing: tool("verify", name, "--format", "json").output)
        #expect(report["asPlanned"]?.boolean == true && report["findings"]?.array?.count ?? 0 > 15)

        // Another plan, and another profile, are not what it is.
        let folder = try TemporaryFolder()
        let plan = folder.url.appendingPathComponent("plan").path
        let other = try ProcessResult.run(
            launcher.tool, ["plan", "--format", "json"] + launcher.arguments(["/bin/sleep", "60"], bindings: ["/usr:x", "/etc"]).dropFirst())
        try Data(other.output).write(to: URL(fileURLWithPath: plan))
        let compared = try tool("verify", "\(number)", "--plan", plan)
        #expect(compared.status == 1 && compared.text.contains("DIFFERENT   root: /etc is not there"), "\(compared.text)")
        let profile = folder.url.appendingPathComponent("other.policy").path
        try (String(contentsOf: launcher.profile, encoding: .utf8) + "reboot # no\n").write(toFile: profile, atomically: true, encoding: .utf8)
        let tried = try tool("verify", name, "--profile", profile)
        #expect(tried.status == 1 && tried.text.contains("otherwise at reboot"), "\(tried.text)")
        #expect(try tool("verify", "\(getpid())").status == 1)

        #expect(try tool("stop", name, "--timeout", "0").status == 0)
        process.waitUntilExit()
        #expect(process.terminationStatus == 128 + SIGKILL)
        #expect(try tool("stop", name).status == 1)
        #expect(try !tool("list").text.contains(name))
    }

    /// A profile is what a filter does to the calls that it has; what is done to others is the launch's to say, and stands in its record.
    @Test(arguments: [("error", ", and others fail"), ("log", ", and others are logged and done")])
    func whatIsDoneToOthersIsComparedWithTheRecord(_ action: String, _ told: String) throws {
        guard let launcher = Launcher(profile: KernelFilterTests.minimal) else { return }
        let name = "sleeper-\(action)-\(getpid())"
        let process = try sleeper(launcher, ["--name", name, "--on-refusal", action])
        defer {
            process.kill()
            process.waitUntilExit()
        }
        for _ in 0..<500 {
            if try ProcessResult.run(launcher.tool, ["list"]).text.contains(name) { break }
            usleep(10_000)
        }
        let result = try ProcessResult.run(launcher.tool, ["verify", name, "--profile", launcher.profile.path])
        #expect(result.status == 0 && result.text.contains("as planned  profile-start: every call as the profile says\(told)\n"), "\(result.text)")
        #expect(result.text.contains("WAIVED      seccomp: ") == (action == "log"))
        // Another profile is told all the same.
        let folder = try TemporaryFolder()
        let profile = folder.url.appendingPathComponent("other.policy").path
        try (String(contentsOf: launcher.profile, encoding: .utf8) + "reboot => ENOENT # no\n").write(toFile: profile, atomically: true, encoding: .utf8)
        let tried = try ProcessResult.run(launcher.tool, ["verify", name, "--profile", profile])
        #expect(tried.status == 1 && tried.text.contains("otherwise at reboot"), "\(tried.text)")
    }
}
