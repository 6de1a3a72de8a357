import Foundation
import Glibc
import TestSupport
import Testing

/// What is promised of all tools alike.
@Suite struct ToolTests {
    @Test("a command line that is wrong ends with 2, and says where help is", arguments: SupportTests.tools)
    func usage(name: String) throws {
        let tool = try BuiltTool.named(name)
        for command in try tool.beginnings() + [[]] where command != ["qemu"] {
            let result = try ProcessResult.run(tool.program, command + ["--no-such-option"])
            #expect(result.status == 2 && !result.wasKilled && result.text.contains("--help"), "\(name) \(command): \(result.status) \(result.text)")
        }
        #expect(try ProcessResult.run(tool.program, []).status == 2)
        #expect(try ProcessResult.run(tool.program, ["--help"]).status == 0)
    }

    /// A policy, a log and a scenario, in a folder that goes away.
    private struct Inputs: ~Copyable {
        let folder: TemporaryFolder
        var policy: String { folder.url.path + "/policy" }
        var log: String { folder.url.path + "/log" }
        var scenario: String { folder.url.path + "/guests.scenario" }
        static let profile = BuiltPackage.repository.appendingPathComponent("Policies/devices/x86_64/minimal.policy").path
        static let tree = BuiltPackage.repository.appendingPathComponent("Policies/examples/minimal").path

        static func made() throws -> Inputs {
            let inputs = Inputs(folder: try TemporaryFolder())
            let made = try ProcessResult.run(
                try BuiltTool.named("xsm-compile").program, [tree, "--xen-release", "4.17", "-o", inputs.policy])
            try #require(made.status == 0, "\(made.text)")
            let line = "(XEN) avc:  denied  { pause } for source=d1 target=d0 scontext=system_u:system_r:domU_t "
                + "tcontext=system_u:system_r:dom0_t tclass=domain\n"
            try Data(line.utf8).write(to: URL(fileURLWithPath: inputs.log))
            try Data("dom0: pausedomain dom0 => denied\n".utf8).write(to: URL(fileURLWithPath: inputs.scenario))
            return inputs
        }

        /// Command lines that answer in JSON, by their tools.
        var questions: [(tool: String, words: [String])] {
            [
                ("xsm-compile", [Self.tree, "--xen-release", "4.17", "-o", policy + "-2"]), ("xsm-compile", ["-b", policy]),
                ("xsm-policy", ["info", policy]), ("xsm-policy", ["search", "-s", "dom0_t", policy]),
                ("xsm-policy", ["diff", policy, policy]),
                ("xsm-policy", ["diff", "--assert-subset", policy, policy]), ("xsm-policy", ["flow", policy, "dom0_t"]),
                ("xsm-policy", ["lint", policy]),
                ("xsm-policy", ["compat", policy]), ("xsm-policy", ["label", "pci", "0000:03:00.0"]),
                ("xsm-policy", ["label", "--coverage", policy]),
                ("xsm-audit", ["report", log]), ("xsm-audit", ["explain", log]), ("xsm-audit", ["replay", "--policy", policy, log]),
                ("xsm-audit", ["suggest", "--policy", Self.tree, "--xen-release", "4.17", log]),
                ("xsm-audit", ["ingest", "--store", policy + ".sqlite", log]),
                ("xsm-audit", ["prune", "--store", policy + ".sqlite", "--keep", "8w"]),
                ("xsm-hypervisor", ["scenario", "--policy", policy, scenario]), ("xsm-launch", ["list"]),
                (
                    "xsm-launch",
                    ["plan", "--user", "70000:70000", "--profile", Self.profile, "--waive", "landlock=a kernel may lack it", "/bin/true"]
                ),
            ]
        }
    }

    /// With the words for JSON where options stand: a program's own words are at the end.
    private static func asJSON(_ tool: String, _ words: [String]) -> [String] {
        let place = tool == "xsm-compile" ? 0 : 1
        return Array(words.prefix(place)) + ["--format", "json"] + Array(words.dropFirst(place))
    }

    @Test("what is JSON is one object, with the number of its version")
    func versions() throws {
        let inputs = try Inputs.made()
        for (tool, words) in inputs.questions {
            let result = try ProcessResult.run(try BuiltTool.named(tool).program, Self.asJSON(tool, words), collecting: .standard)
            let object = try? JSONSerialization.jsonObject(with: Data(result.output)) as? [String: Any]
            #expect(object?["version"] is Int, "\(tool) \(words): \(result.status) \(result.text.prefix(300))")
        }
    }

    @Test("an answer that nobody could be told is none, and the status says so")
    func unwritable() throws {
        let inputs = try Inputs.made()
        for (tool, words) in inputs.questions {
            let program = try BuiltTool.named(tool).program.path
            for words in [words, Self.asJSON(tool, words)] {
                // A list of nothing, and no difference, is no text; where the compiler wrote a file, what it says besides is no answer.
                guard tool != "xsm-compile" || words.contains("json") || words.contains("-b"), words != ["list"], words.first != "diff" || words.contains("json") else { continue }
                let line = ["-c", "exec \"$@\" >/dev/full", "sh", program] + words
                let result = try ProcessResult.run(URL(fileURLWithPath: "/bin/sh"), line)
                let isSaid = result.status == (["xsm-launch", "xsm-compile"].contains(tool) ? 1 : 2) && result.text.contains("no space left on device")
                #expect(isSaid, "\(tool) \(words): \(result.status) \(result.text)")
            }
        }
    }

    /// Those that go on until they are told to end; `run` of the hypervisor takes its sockets away.
    @Test("a signal ends what goes on", arguments: [SIGINT, SIGTERM])
    func interrupted(signal: Int32) throws {
        let inputs = try Inputs.made()
        let (folder, store) = (inputs.folder.url.path, inputs.policy + ".sqlite")
        for (tool, words) in [
            ("xsm-audit", ["watch", inputs.log]), ("xsm-audit", ["ingest", "--follow", "--store", store, inputs.log]),
            ("xsm-audit", ["serve", "--store", store, "--listen", "127.0.0.1:0", inputs.log]),
            ("xsm-audit", ["ship", "--follow", "--store", store, "--to", "clickhouse://127.0.0.1:9/nobody"]),
            ("xsm-hypervisor", ["run", "--policy", inputs.policy, "--quiet", "--directory", folder + "/run"]),
        ] {
            let process = Process()
            process.setUnblocked(try BuiltTool.named(tool).program, words)
            (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
            let ended = DispatchSemaphore(value: 0)
            process.terminationHandler = { _ in ended.signal() }
            try process.run()
            // It runs when it has made what it makes, or after a while.
            let made = words[0] == "run" ? folder + "/run/dom0" : store
            for _ in 0..<60 where words[0] == "watch" || !FileManager.default.fileExists(atPath: made) { usleep(5_000) }
            usleep(50_000)
            #expect(process.isRunning, "\(words) ended by itself")
            Glibc.kill(process.processIdentifier, signal)
            let isEnded = ended.wait(timeout: .now() + 10) == .success
            if !isEnded { process.kill() }
            #expect(isEnded, "\(words) goes on")
        }
        #expect((try? FileManager.default.contentsOfDirectory(atPath: folder + "/run")) == [], "the hypervisor's sockets are left")
        // What was kept can be read, and nothing stands beside it but what SQLite needs to go on.
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        let known = ["", "-wal", "-shm"].map { "policy.sqlite" + $0 }
        #expect(Set(names.filter { $0.contains("sqlite") }).isSubset(of: known), "\(names)")
        #expect(try ProcessResult.run(try BuiltTool.named("xsm-audit").program, ["report", "--store", store]).status == 0)
    }

    @Test("a scenario ends with 0 when all came as expected, with 1 when not, and with 2 when it cannot be run")
    func scenarios() throws {
        let inputs = try Inputs.made()
        let tool = try BuiltTool.named("xsm-hypervisor")
        for (text, status) in [
            ("domain a system_u:system_r:domU_t\ndom0: pausedomain a => allowed\n", Int32(0)), ("domain a system_u:system_r:domU_t\ndom0: pausedomain a => denied\n", 1),
            ("dom0: pausedomian dom0 => denied\n", 2),
        ] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: inputs.scenario))
            let result = try ProcessResult.run(tool.program, ["scenario", "--policy", inputs.policy, inputs.scenario])
            #expect(result.status == status, "\(text): \(result.text)")
        }
        #expect(try ProcessResult.run(tool.program, ["scenario", "--policy", inputs.log, inputs.scenario]).status == 2)
        // A source is compiled.
        try Data("dom0: pausedomain dom0 => denied\n".utf8).write(to: URL(fileURLWithPath: inputs.scenario))
        let source = try ProcessResult.run(tool.program, ["scenario", "--policy", Inputs.tree, inputs.scenario])
        let binary = try ProcessResult.run(tool.program, ["scenario", "--policy", inputs.policy, inputs.scenario])
        #expect(source.status == binary.status && source.text == binary.text, "\(source.text)")
    }

    /// What is built for a release needs neither a loader nor a library of the host's; what is built for debugging does.
    @Test("tools of a release are static", arguments: SupportTests.tools)
    func isStatic(name: String) throws {
        let program = try BuiltTool.named(name).program
        guard program.pathComponents.contains("release") else {
            Peer.missing("\(name) as it is built for a release: it was not looked whether it is static")
            return
        }
        let bytes = try FileHandle(forReadingFrom: program).read(upToCount: 1 << 12).map(Array.init) ?? []
        func number(_ place: Int, _ count: Int) throws -> Int {
            try #require(place + count <= bytes.count)
            return (0..<count).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
        }
        // Of 64 bits: where the program's headers are, how long each is, how many; 3 is `PT_INTERP`, the loader's name.
        try #require(bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2]), "\(name) is no program")
        let (start, size, count) = (try number(32, 8), try number(54, 2), try number(56, 2))
        let kinds = try (0..<count).map { try number(start + $0 * size, 4) }
        #expect(count > 0 && !kinds.contains(3), "\(name) wants a loader")
    }

    /// In a folder of their own, and only commands that change nothing but the files that they are told to write.
    @Test("words of any bytes are answered or refused, and crash nothing")
    func anyWords() throws {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let inputs = try Inputs.made()
        let lines: [(tool: String, commands: [String])] = [
            ("xsm-compile", [""]), ("xsm-policy", ["info", "search", "explain", "diff", "flow", "test", "lint", "compat", "label", "decompile"]),
            ("xsm-audit", ["report", "explain", "replay", "suggest"]), ("xsm-hypervisor", ["scenario"]),
        ]
        for (tool, commands) in lines {
            let tool = try BuiltTool.named(tool)
            for _ in 0..<40 {
                let command = commands.randomElement(using: &random) ?? ""
                let options = Set(BuiltTool.options(in: try tool.help(command.isEmpty ? [] : [command])).joined()).sorted()
                let others = ["-", "--", "=", "0", "99999999999999999999", "*", "a,b", "\u{1b}[2J", "é\u{301}", ""]
                let pieces = options + [inputs.policy, inputs.log, inputs.scenario] + others
                let words = (0..<Int.random(in: 0..<6, using: &random)).map { _ in
                    let word = pieces.randomElement(using: &random) ?? ""
                    return Bool.random(using: &random) ? word : word + (pieces.randomElement(using: &random) ?? "")
                }
                let line = (command.isEmpty ? [] : [command]) + words
                let result = try ProcessResult.run(tool.program, line, in: inputs.folder.url)
                let hasEnded = !result.wasKilled && (0...2).contains(result.status)
                #expect(hasEnded, "seed \(seed): \(tool.name) \(line): \(result.status) \(result.text.prefix(400))")
            }
        }
    }
}
