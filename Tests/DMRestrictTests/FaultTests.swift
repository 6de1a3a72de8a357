import DMRestrict
import Foundation
import TestSupport
import Testing

/// Every system call of a launch fails once, and every one that gives something up lies once: nothing ever runs that is otherwise
/// restricted than without that, and the launcher says which step it was. `Tests/Faults` does it and tells of it.
///
/// XSM_LONG=1 tries each error at each call; XSM_FAULT=WHO:N:ERROR tries one and tells it at length, as a failure names it.
@Suite("A launch in which a system call fails or lies is refused, or is no other than without", .serialized)
struct FaultTests {
    private static let folder = BuiltPackage.repository.appendingPathComponent(".build/faults")
    private static let source = BuiltPackage.repository.appendingPathComponent("Tests/Faults")
    private static let isReady = Result { try build() }
    private static let isLong = ProcessInfo.processInfo.environment["XSM_LONG"] != nil

    private static func build() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (program, parts) in [("sweep", ["sweep.c", "launch.c", "facts.c", "calls.c"]), ("probe", ["probe.c", "-static"])] {
            let result = try ProcessResult.run(
                URL(fileURLWithPath: "/usr/bin/cc"),
                ["-O1", "-Wall", "-Wextra", "-Werror", "-o", folder.appendingPathComponent(program).path] + parts, in: source)
            try #require(result.status == 0, "\(result.text)")
        }
    }

    private func sweep(verifies: Bool, _ words: [String], options: [String] = []) throws {
        guard geteuid() == 0, let launcher = BuiltPackage.launcher else {
            return Peer.missing("\(geteuid() == 0 ? "xsm-launch" : "root"): no system call was made to fail")
        }
        try Self.isReady.get()
        let only = ProcessInfo.processInfo.environment["XSM_FAULT"].map { ["--only", $0] } ?? []
        let waivers = HostAbilities.ofThisHost().landlockVersion == nil ? ["--waive", "landlock=this kernel has none"] : []
        let seed = RandomTest.seed() % 1_000
        let result = try ProcessResult.run(
            Self.folder.appendingPathComponent("sweep"),
            (verifies ? [] : ["--unverified"]) + words + ["--from", "\(seed)"] + only
                + ["--", launcher.path, "exec"] + (verifies ? ["--verify"] : [])
                + ["--user", "70000:70000", "--profile", Self.source.appendingPathComponent("probe.policy").path] + waivers + options
                + ["--bind", Self.folder.appendingPathComponent("probe").path + "=/probe:x", "/probe"])
        print(result.text, terminator: "")
        #expect(result.status == 0, "from \(seed): \(result.text)")
    }

    @Test("Each call fails, of the launcher and of what is to become the program")
    func failures() throws {
        let errors = Self.isLong ? ["EPERM:1", "ENOSYS:1", "ENOMEM:1", "EINTR:1", "EAGAIN:1", "EIO:1"] : ["EPERM:1", "ENOSYS:17", "ENOMEM:17", "EINTR:17"]
        try sweep(verifies: true, errors.flatMap { ["--error", $0] })
    }

    /// What fails is told by what made the call, whether or not somebody looks afterwards.
    @Test("Each call fails that what is to become the program makes, and nobody looks at what it has become")
    func unverifiedFailures() throws {
        try sweep(verifies: false, (Self.isLong ? ["EPERM:1", "ENOSYS:1"] : ["EPERM:2", "ENOSYS:17"]).flatMap { ["--error", $0] })
    }

    /// By a control group of its own, where there is one for processes and one for devices.
    @Test("Each call fails, or lies, of a launch with a control group of its own")
    func controlGroup() throws {
        var request = LaunchRequest(name: "x", program: "/x", uid: 1, gid: 1)
        (request.groupLimits.processes, request.groupLimits.devices) = (16, [])
        let host = HostAbilities.ofThisHost(for: request)
        guard host.controlGroups.count == 2 else {
            Issue.record("MISSING: control groups of processes and devices: no system call of theirs was made to fail", severity: .warning)
            return
        }
        let options = ["--pids-limit", "16", "--devices-limit"]
        try sweep(verifies: true, (Self.isLong ? ["EPERM:1", "ENOENT:1", "EBUSY:1", "EINTR:1"] : ["EPERM:7", "EINTR:37"]).flatMap { ["--error", $0] }, options: options)
        try sweep(verifies: true, ["--lies"], options: options)
    }

    @Test("Each call that gives something up says that it was done, and was not")
    func lies() throws {
        try sweep(verifies: true, ["--lies"])
    }
}
