import DMRestrict
import Foundation
import Glibc
import JSON
import TestSupport
import Testing

/// Programs that do what their profile does not have, watched by the real launcher.
@Suite struct TraceCommandTests {
    private static func trace(_ launcher: Launcher, _ program: [String], bindings: [String] = Launcher.system, _ options: [String] = []) throws -> ProcessResult {
        try ProcessResult.run(launcher.tool, ["trace"] + launcher.arguments(program, bindings: bindings, options: options).dropFirst())
    }

    /// A program of one's own, which another test that starts one may still have open for writing.
    private static func trace(_ launcher: Launcher, _ program: TinyProgram, _ folder: borrowing TemporaryFolder, _ options: [String] = []) throws -> ProcessResult {
        let file = folder.url.appendingPathComponent("program")
        try program.write(to: file)
        var result = try trace(launcher, ["/program"], bindings: ["\(file.path)=/program:x"], options)
        for _ in 0..<100 where result.status == 125 && result.text.contains("text file busy") {
            usleep(10_000)
            result = try trace(launcher, ["/program"], bindings: ["\(file.path)=/program:x"], options)
        }
        return result
    }

    @Test("What the profile lacks is done, told, and written as what is no profile before it has reasons")
    func whatIsMissingIsWritten() throws {
        guard let launcher = Launcher(profile: KernelFilterTests.minimal) else { return }
        let folder = try TemporaryFolder()
        let output = folder.url.appendingPathComponent("new.policy").path
        let shipped = try String(contentsOf: launcher.profile, encoding: .utf8)
        let result = try Self.trace(launcher, ["/usr/bin/mkdir", "/folder"], ["--output", output])
        #expect(result.status == 1 && result.text.contains("Read-only file system"), "\(result.text)")
        #expect(result.text.contains("+ mkdir  # seen once, by thread `mkdir`\n") && result.text.contains("\n- clock_nanosleep  # not seen in this run\n"))
        #expect(result.text.contains("`mkdir` was NOT restricted by its filter") && result.text.contains("the profile did not suffice"))
        #expect(try String(contentsOf: launcher.profile, encoding: .utf8) == shipped)

        // No launch takes it as it is; with a reason it is what was needed.
        let written = try String(contentsOfFile: output, encoding: .utf8)
        #expect(written.contains("\nmkdir  #\n"))
        func launch() throws -> ProcessResult {
            var other = launcher.arguments(["/usr/bin/mkdir", "/folder"], bindings: Launcher.system)
            other = other.map { $0 == launcher.profile.path ? output : $0 }
            return try ProcessResult.run(launcher.tool, other)
        }
        let refused = try launch()
        #expect(refused.status == 125 && refused.text.contains("the line has no reason"), "\(refused.text)")
        try written.replacingOccurrences(of: "\nmkdir  #\n", with: "\nmkdir  # a test\n").write(toFile: output, atomically: true, encoding: .utf8)
        let launched = try launch()
        #expect(launched.status == 1 && launched.text.contains("Read-only file system"), "\(launched.text)")

        // Nothing is written over, and nothing runs then.
        let before = try String(contentsOfFile: output, encoding: .utf8)
        for option in ["--output", "--report"] {
            for path in [output, launcher.profile.path] {
                let again = try Self.trace(launcher, ["/usr/bin/mkdir", "/folder"], [option, path])
                #expect(again.status == 125 && again.text.contains("is there already") && !again.text.contains("Read-only"), "\(again.text)")
            }
        }
        let link = folder.url.appendingPathComponent("link").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder.url.path + "/nowhere")
        #expect(try Self.trace(launcher, ["/bin/true"], ["--output", link]).status == 125)
        #expect(!FileManager.default.fileExists(atPath: folder.url.path + "/nowhere"))
        #expect(try String(contentsOfFile: output, encoding: .utf8) == before && String(contentsOf: launcher.profile, encoding: .utf8) == shipped)
    }

    @Test("A profile that has everything is found to have it, by each way; and each kind of call is what it is")
    func ways() throws {
        guard let launcher = Launcher(profile: KernelFilterTests.minimal) else { return }
        let folder = try TemporaryFolder()
        #expect(try Self.trace(launcher, ["/bin/ls", "-l", "/usr"], ["--tell"]).status == 0)
        #expect(try Self.trace(launcher, ["/bin/true"], ["--missing-only"]).status == 0)
        let logged = try Self.trace(launcher, ["/bin/true"], ["--by", "log"])
        #expect(logged.status == 0 || logged.text.contains("? the kernel's log has lost some meanwhile"), "\(logged.text)")
        // The program's own status is in the report.
        #expect(try Self.trace(launcher, ["/bin/false"]).text.contains("it ended with status 1\nxsm-launch: the profile sufficed"))
        let outside = try Self.trace(launcher, TinyProgram(calling: 39, by: .interrupt), folder)
        #expect(outside.status == 1 && outside.text.contains("ended at a call of another architecture"), "\(outside.text)")

        func report(_ program: TinyProgram, _ name: String, _ options: [String] = []) throws -> JSONValue {
            let path = folder.url.appendingPathComponent(name).path
            let result = try Self.trace(launcher, program, folder, ["--format", "json", "--report", path] + options)
            #expect(result.status == 1, "\(name): \(result.text)")
            return try JSONValue(parsing: Array(Data(contentsOf: URL(fileURLWithPath: path))))
        }
        // It is done: its descriptor is 0, or the request is unknown to it; what is refused for good is not.
        let control = try report(TinyProgram(calling: 16, [77, 0x5405, 0]), "ioctl")
        #expect(control["needed"]?.array?.first?["line"]?.string == "ioctl: request == 0x5405" && control["restricted"]?.boolean == false)
        let (badDescriptor, notPermitted): (Int64, Int64) = (256 - 9, 256 - 1)
        #expect(control["end"]?["status"]?.integer == badDescriptor)
        let traced = try report(TinyProgram(calling: 101, [0, 0, 0, 0]), "ptrace")
        #expect(traced["refusedForGood"]?.array?.first?["call"]?.string == "ptrace" && traced["needed"]?.array?.isEmpty == true)
        #expect(traced["end"]?["status"]?.integer == notPermitted)
        let memory = try report(TinyProgram(calling: 9, [0, 4_096, 7, 0x22, .max, 0]), "memory", ["--missing-only"])
        #expect(memory["refusedForGood"]?.array?.first?["call"]?.string == "mmap" && memory["notSeen"] == .null)
        #expect(memory["end"]?["status"]?.integer == notPermitted)
    }

    /// The kernel limits how often it says so: what is tried often enough is told at least once.
    @Test func byTheLogNumbersAreTold() throws {
        guard let launcher = Launcher(profile: KernelFilterTests.minimal) else { return }
        let folder = try TemporaryFolder()
        var told = ""
        for _ in 0..<40 where !told.contains("+ mkdir  # seen once, by thread `program`") {
            told = try Self.trace(launcher, TinyProgram(calling: 83, [0, 0]), folder, ["--by", "log"]).text
            #expect(told.contains("TRACED by `log`") && told.contains("tells no arguments"))
            usleep(250_000)
        }
        #expect(told.contains("+ mkdir  # seen once, by thread `program`"), "\(told)")
        for _ in 0..<40 where !told.contains("+ ioctl") {
            told = try Self.trace(launcher, TinyProgram(calling: 16, [77, 1]), folder, ["--by", "log"]).text
            usleep(250_000)
        }
        #expect(told.contains("+ ioctl  # seen once, by thread `program`; NOT WRITTEN: its arguments decide"), "\(told)")
    }

    @Test("Who makes many different calls is told of in a few lines, and ends as it would")
    func manyCalls() throws {
        guard let launcher = Launcher(profile: KernelFilterTests.minimal) else { return }
        let folder = try TemporaryFolder()
        let count = 50_000
        let result = try Self.trace(launcher, TinyProgram(countingDownFrom: UInt64(count)), folder)
        #expect(result.status == 1 && result.text.contains("it ended with status 0"), "\(result.text.suffix(400))")
        #expect(result.text.split(separator: "\n").count { $0.hasPrefix("+ ioctl: request == ") } == 32)
        let more = try #require(result.text.split(separator: "\n").first { $0.hasPrefix("? ") })
        #expect(more.contains("more calls differ from those above, of `ioctl`"), "\(more)")
        let lines = result.text.split(separator: "\n").count
        #expect(lines < 110, "\(lines)")
    }

    @Test("It is seen to be unrestricted as long as it runs, and whoever ends its launcher has the trace all the same")
    func itIsAWaiver() throws {
        guard let launcher = Launcher(profile: KernelFilterTests.minimal) else { return }
        let folder = try TemporaryFolder()
        let name = "traced-\(getpid())"
        for signal in [SIGTERM, SIGKILL] {
            let report = folder.url.appendingPathComponent("report-\(signal)").path
            let process = Process()
            process.executableURL = launcher.tool
            process.arguments =
                ["trace"] + launcher.arguments(["/bin/sleep", "60"], bindings: Launcher.system, options: ["--name", name, "--report", report]).dropFirst()
            process.standardInput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            var line: Substring?
            for _ in 0..<500 where line == nil {
                line = try ProcessResult.run(launcher.tool, ["list"]).text.split(separator: "\n").first { $0.contains(name) }
                usleep(10_000)
            }
            #expect(line?.contains("WAIVED seccomp: traced: what its profile does not have is recorded, and done") == true)
            let audit = try ProcessResult.run(launcher.tool, ["verify", name, "--profile", launcher.profile.path])
            #expect(audit.status == 1 && audit.text.contains("DIFFERENT   profile-start: otherwise at ") && audit.text.contains("WAIVED      seccomp: traced"))
            #expect(!audit.text.contains("DIFFERENT   seccomp-trace"), "\(audit.text)")
            kill(process.processIdentifier, signal)
            process.waitUntilExit()
            #expect(signal == SIGKILL ? process.terminationReason == .uncaughtSignal : process.terminationStatus == 0)
            for _ in 0..<500 where !FileManager.default.fileExists(atPath: report) { usleep(10_000) }
            var text = ""
            for _ in 0..<100 where !text.contains("suffice") {
                text = (try? String(contentsOfFile: report, encoding: .utf8)) ?? ""
                usleep(10_000)
            }
            #expect(text.contains(signal == SIGKILL ? "how it ended is not known" : "it was ended by signal 9"), "\(text)")
            #expect(text.contains("NOT restricted") && text.contains("the profile sufficed"))
        }
    }

    @Test("Without who hears them, calls fail: nothing runs unseen")
    func attendantIsEnded() throws {
        guard let launcher = Launcher(profile: KernelFilterTests.minimal) else { return }
        let process = Process()
        let errors = Pipe()
        process.executableURL = launcher.tool
        // It writes until it cannot.
        process.arguments = ["trace"] + launcher.arguments(["/usr/bin/yes"], bindings: Launcher.system).dropFirst()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        try process.run()
        var attendant: Int32?
        for _ in 0..<500 where attendant == nil {
            let parent = process.processIdentifier
            let children = (try? String(contentsOfFile: "/proc/\(parent)/task/\(parent)/children", encoding: .utf8)) ?? ""
            let names = children.split(separator: " ").compactMap { Int32($0) }.map { number in
                (number, (try? String(contentsOfFile: "/proc/\(number)/comm", encoding: .utf8)) ?? "")
            }
            if names.contains(where: { $0.1 == "yes\n" }) { attendant = names.first { $0.1 == "xsm-launch\n" }?.0 }
            usleep(10_000)
        }
        // Nothing that the launcher was given lies open there but its three, its socket and the listener.
        let number = try #require(attendant)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "/proc/\(number)/fd").count == 5)
        kill(number, SIGKILL)
        process.waitUntilExit()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(process.terminationStatus == 125 && text.contains("the trace is lost: who heard the calls was ended by signal 9"), "\(text)")
        #expect(!text.contains("suffice"))
    }

    @Test("A plan that traces is stored and read, and says that it waives the filter")
    func plan() throws {
        var request = LaunchRequest(name: "test", program: "/usr/bin/true", uid: 65_536, gid: 65_536)
        request.filter = SystemCallFilter(profile: "p", program: [FilterInstruction(code: 6, operand: FilterAction.notify.rawValue)])
        request.descriptors = [.init(5, "gate")]
        request.gate = Gate(library: "/run/gate.so", descriptor: 5, filter: SystemCallProfile.noFilter)
        request.isTraced = true
        var host = HostAbilities()
        (host.landlockVersion, host.canForbidProgramsInMemory) = (1, true)
        let plan = try RestrictionPlan(for: request, on: host)
        #expect(plan.steps.contains { $0.name == "seccomp-trace" } && !plan.steps.contains { $0.name == "seccomp" })
        #expect(plan.waivers.map(\.step) == ["seccomp", "seccomp-serving"] && plan.waivers.allSatisfy { $0.reason.hasPrefix("traced: ") })
        #expect(try RestrictionPlan(json: JSONValue(parsing: plan.json.bytes())) == plan)
    }

    @Test("What is not launched is not reported")
    func notLaunched() throws {
        guard let launcher = Launcher(profile: KernelFilterTests.minimal) else { return }
        for (program, options, reason) in [
            ("/nowhere", [], "step `exec`: execve (/nowhere)"), ("/bin/true", ["--bind", "/nowhere"], "step `root`"),
        ] {
            let result = try Self.trace(launcher, [program], options)
            #expect(result.status == 125 && result.text.contains(reason) && !result.text.contains("suffice"), "\(result.text)")
        }
    }

    @Test("What makes no sense is not begun")
    func usage() throws {
        let tool = try #require(BuiltPackage.launcher)
        for words in [
            ["/bin/true"], ["--user", "7:7", "/bin/true"], ["--user", "7:7", "--profile", "x", "--by", "guess", "/bin/true"],
            ["--user", "7:7", "--profile", "x", "--on-refusal", "kill", "/bin/true"], ["--bind", "/usr", "qemu", "-xen-domid", "1"], [],
            ["--user", "7:7", "--profile", "x", "--waive", "seccomp-trace=y", "/bin/true"],
        ] {
            let result = try ProcessResult.run(tool, ["trace"] + words)
            #expect(result.status == 2, "\(words): \(result.text)")
        }
        let help = try ProcessResult.run(tool, ["trace", "--help"])
        #expect(help.status == 0 && help.text.contains("--missing-only") && help.text.contains("NOT restricted by its"))
    }
}
