import DMRestrict
import Foundation
import Glibc
import TestSupport
import Testing

/// Limits of control groups in force, where this machine has the controllers: what it has not is said, and fails in CI only where it has
/// none at all. `scripts/test-emulated linux` has all of them, in both versions.
@Suite(.serialized) struct ControlGroupTests {
    private static let folder = BuiltPackage.repository.appendingPathComponent(".build/glutton")
    private static let isReady = Result {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let source = BuiltPackage.repository.appendingPathComponent("Tests/Emulated/glutton.c").path
        let result = try ProcessResult.run(
            URL(fileURLWithPath: "/usr/bin/cc"), ["-O1", "-Wall", "-Werror", "-static", "-o", folder.path + "/glutton", source])
        try #require(result.status == 0, "\(result.text)")
        let minimal = BuiltPackage.repository.appendingPathComponent("Policies/devices/x86_64/minimal.policy")
        let lines = "clock_gettime  # how long it has worked\npause  # it waits\n"
        try Data((String(contentsOf: minimal, encoding: .utf8) + lines).utf8).write(to: folder.appendingPathComponent("glutton.policy"))
    }

    /// Where groups are made for a controller; nil where they cannot be.
    private static let places: [ControlGroupController: ControlGroupPlace] = {
        var request = LaunchRequest(name: "x", program: "/x", uid: 1, gid: 1)
        (request.groupLimits.memory, request.groupLimits.processor, request.groupLimits.processes) = (1 << 20, 100, 10)
        request.groupLimits.devices = []
        let host = HostAbilities.ofThisHost(for: request)
        for controller in ControlGroupController.allCases where host.controlGroups[controller] == nil {
            Issue.record("MISSING: \(host.controlGroupObstacles[controller] ?? "no control groups of \(controller.rawValue)"): it was not tried", severity: .warning)
        }
        if host.controlGroups.isEmpty { Peer.missing("control groups: no limit was tried") }
        return host.controlGroups
    }()

    private func launcher(_ controllers: ControlGroupController...) throws -> Launcher? {
        try Self.isReady.get()
        guard let launcher = Launcher(profile: Self.folder.appendingPathComponent("glutton.policy")) else { return nil }
        return controllers.allSatisfy { Self.places[$0] != nil } ? launcher : nil
    }

    private static let glutton = folder.path + "/glutton"
    private static let bindings = [folder.path + ":x"]

    private func groups(_ controller: ControlGroupController, of launcher: Launcher) -> [String] {
        let tree = Self.places[controller]?.tree ?? ""
        return ((try? FileManager.default.contentsOfDirectory(atPath: tree + "/xsm-launch")) ?? []).filter { $0.hasSuffix(".\(launcher.user)") }
    }

    @Test func aMemoryHogIsStopped() throws {
        guard let launcher = try launcher(.memory) else { return }
        let hog = try launcher.run(Self.glutton, "memory", "100", bindings: Self.bindings, options: ["--memory-limit", "32M", "--verify"])
        #expect(hog.status == 128 + SIGKILL, "\(hog.text)")
        let modest = try launcher.run(Self.glutton, "memory", "16", bindings: Self.bindings, options: ["--memory-limit", "32M", "--verify"])
        #expect(modest.status == 0, "\(modest.text)")
        #expect(groups(.memory, of: launcher) == [])
    }

    @Test func aForkBombIsStopped() throws {
        guard let launcher = try launcher(.pids) else { return }
        let bomb = try launcher.run(Self.glutton, "processes", "100", bindings: Self.bindings, options: ["--pids-limit", "16", "--verify"])
        #expect(bomb.status == 1 && bomb.text == "15 processes: EAGAIN\n", "\(bomb.text)")
        #expect(groups(.pids, of: launcher) == [])
    }

    @Test func aProcessorIsShared() throws {
        guard let launcher = try launcher(.cpu) else { return }
        let result = try launcher.run(Self.glutton, "processor", "1", bindings: Self.bindings, options: ["--cpu-limit", "0.2", "--verify"])
        #expect(Int(result.text.dropLast()) ?? 100 <= 40, "\(result.text)")
        #expect(groups(.cpu, of: launcher) == [])
    }

    /// The same by a program for the kernel as by a list of version 1's, where there are both.
    @Test func aDeviceOfAnotherNumberIsNotOpened() throws {
        guard let launcher = try launcher(.devices) else { return }
        let devices = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: devices.url.path + "/other", withIntermediateDirectories: true)
        for (path, minor) in [("/null", 3), ("/other/zero", 5)] {
            let made = try ProcessResult.run(URL(fileURLWithPath: "/usr/bin/mknod"), ["-m", "666", devices.url.path + path, "c", "1", "\(minor)"])
            try #require(made.status == 0, "\(made.text)")
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: devices.url.path)
        let bindings = Self.bindings + [devices.url.path + "=/dev:wd"]
        let unlimited = try launcher.run(Self.glutton, "read", "/dev/other/zero", bindings: bindings)
        #expect(unlimited.status == 0, "\(unlimited.text)")
        var prefixes = [[launcher.tool.path]]
        if let place = Self.places[.devices], place.version == .one {
            if (try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8))?.contains(" - cgroup2 ") == true {
                prefixes.append(["/usr/bin/unshare", "-m", "/bin/sh", "-c", "umount \(place.tree) && exec \"$@\"", "sh", launcher.tool.path])
            } else {
                Issue.record("MISSING: a tree of version 2: no program for devices was tried", severity: .warning)
            }
        }
        for prefix in prefixes {
            func read(_ path: String) throws -> ProcessResult {
                let words = Array(prefix.dropFirst()) + launcher.arguments([Self.glutton, "read", path], bindings: bindings, options: ["--devices-limit", "--verify"])
                return try ProcessResult.run(URL(fileURLWithPath: prefix[0]), words)
            }
            let (other, own) = (try read("/dev/other/zero"), try read("/dev/null"))
            #expect(other.status == 1 && other.text.contains("EPERM"), "\(other.text)")
            #expect(own.status == 0, "\(own.text)")
        }
        #expect(groups(.devices, of: launcher) == [])
    }

    /// What `verify` says of one that runs, and of one whose group was changed.
    @Test func itIsVerifiedFromOutside() throws {
        guard let launcher = try launcher(.pids), let tree = Self.places[.pids]?.tree else { return }
        let name = "glutton-\(launcher.user)"
        let process = Process()
        process.executableURL = launcher.tool
        process.arguments = launcher.arguments([Self.glutton, "wait"], bindings: Self.bindings, options: ["--pids-limit", "16", "--name", name])
        try process.run()
        defer { process.terminate() }
        let folder = "\(tree)/xsm-launch/\(name).\(launcher.user)"
        func verify() throws -> ProcessResult { try ProcessResult.run(launcher.tool, ["verify", name]) }
        var result = try verify()
        for _ in 0..<100 where result.text.contains("nothing that runs") {
            usleep(20_000)
            result = try verify()
        }
        #expect(result.status == 0 && result.text.contains("as planned  cgroup-pids: 16 processes"), "\(result.text)")
        // While it runs there is no other of the name, and it is not disturbed by one that is tried.
        let second = try launcher.run(Self.glutton, "read", "/x", bindings: Self.bindings, options: ["--pids-limit", "16", "--name", name])
        #expect(second.status == 125 && second.text.contains("step `cgroup-pids`: flock"), "\(second.text)")
        try Data("max".utf8).write(to: URL(fileURLWithPath: folder + "/pids.max"))
        result = try verify()
        #expect(result.status == 1 && result.text.contains("DIFFERENT   cgroup-pids: pids.max is max; wanted: 16 processes"), "\(result.text)")
        // Its launcher is killed, and with it the program: the group is left, and the next launcher takes it away.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        #expect(FileManager.default.fileExists(atPath: folder))
        let next = try launcher.run(Self.glutton, "processes", "3", bindings: Self.bindings, options: ["--pids-limit", "16", "--name", name])
        #expect(next.status == 0, "\(next.text)")
        #expect(groups(.pids, of: launcher) == [])
    }

    @Test func oneThatIsNotLaunchedLeavesNoGroup() throws {
        guard let launcher = try launcher(.pids) else { return }
        let result = try launcher.run("/nothing", bindings: Self.bindings, options: ["--pids-limit", "16"])
        #expect(result.status == 125 && result.text.contains("step `exec`"), "\(result.text)")
        #expect(groups(.pids, of: launcher) == [])
    }

    /// Those of one user, under names of their own.
    @Test func manyAreLaunchedAtOnce() throws {
        guard let launcher = try launcher(.pids) else { return }
        let processes = try (0..<12).map { index in
            let process = Process()
            process.executableURL = launcher.tool
            process.arguments = launcher.arguments([Self.glutton, "memory", "1"], bindings: Self.bindings, options: ["--pids-limit", "4", "--name", "g\(index)"])
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            return process
        }
        for process in processes {
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
        #expect(groups(.pids, of: launcher) == [])
    }

    @Test func whatIsNoLimitIsRefused() throws {
        guard let launcher = try launcher() else { return }
        for (option, values) in [
            ("--memory-limit", ["", "M", "1", "-1M", "64T", "99999999999G", "18446744073709551615K", "1.5G"]),
            ("--cpu-limit", ["", "0", "0.001", ".5", "1.", "0.1234", "1001", "-1", "1e3"]), ("--pids-limit", ["", "0", "-1", "max", "4194305"]),
        ] {
            for value in values {
                let result = try ProcessResult.run(launcher.tool, ["plan", "--user", "1:1", option, value, "/x"])
                #expect(result.status == 2 && result.text.contains(option), "\(option) \(value): \(result.text)")
            }
        }
    }
}
