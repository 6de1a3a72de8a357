import DMRestrict
import Foundation
import Hypervisor
import TestSupport
import Testing

/// What a device model that was taken over can do with the door that its launcher has opened for it: `Tests/HostileModel` under the
/// launcher's restriction, against a hypervisor without a policy, which would stop it as well. What it is answered stands in
/// `Tests/HostileModel/refusals`.
@Suite("A hostile device model reaches nothing but its guest through its door", .serialized)
struct HostileModelTests {
    private static let folder = BuiltPackage.repository.appendingPathComponent(".build/hostile-model")
    private static let source = BuiltPackage.repository.appendingPathComponent("Tests/HostileModel")
    private static let program = folder.appendingPathComponent("model")
    private static let isReady = Result { try build() }
    /// What the launcher opens: see `HypervisorAccess`.
    private static let operations: Set<UInt32> = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 17, 18]

    private static func build() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let files = try FileManager.default.contentsOfDirectory(atPath: source.path).filter { $0.hasSuffix(".c") }.sorted()
        let result = try ProcessResult.run(
            URL(fileURLWithPath: "/usr/bin/cc"), ["-O1", "-Wall", "-Wextra", "-Werror", "-static", "-o", program.path] + files, in: source)
        try #require(result.status == 0, "\(result.text)")
    }

    /// Whether the door is narrowed before the device model starts, or while it has handles, as the launcher does it at the gate.
    @Test("Each attempt is answered as the table says", arguments: [false, true])
    func attempts(isLate: Bool) throws {
        let profile = BuiltPackage.repository.appendingPathComponent("Policies/devices/x86_64/qemu-xen.policy")
        guard let launcher = Launcher(profile: profile) else { return }
        guard FileManager.default.fileExists(atPath: "/usr/include/xen/hvm/dm_op.h") else {
            return Peer.missing("libxen-dev: no hostile device model was tried")
        }
        try Self.isReady.get()
        let machine = try Machine()
        let made = try ProcessResult.run(Self.program, ["guests", machine.control])
        try #require(made.status == 0, "\(made.text)")
        let door = try ConnectionServer.openDoor(at: machine.control, to: 0, limits: ClientLimits(deviceModelOperations: Self.operations))
        if !isLate { try door.restrict(to: 1) }
        let process = Process()
        let (output, errors) = (Pipe(), Pipe())
        process.executableURL = launcher.tool
        process.arguments = launcher.arguments(
            ["/model", "attempt"] + (isLate ? ["late"] : []), bindings: [Self.program.path + "=/model:x"], options: ["--verify"])
        process.standardInput = FileHandle(fileDescriptor: door.socket.descriptor, closeOnDealloc: false)
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        var lines: [String] = []
        if isLate {
            let ready = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
            try #require(ready == "ready\n", "\(ready) \(String(decoding: errors.fileHandleForReading.availableData, as: UTF8.self))")
            try door.restrict(to: 1)
        }
        let told = String(decoding: try output.fileHandleForReading.readToItsEnd(), as: UTF8.self)
        process.waitUntilExit()
        lines += told.split(separator: "\n").map(String.init)
        #expect(process.terminationStatus == 0, "\(String(decoding: errors.fileHandleForReading.availableData, as: UTF8.self))")
        let table = try String(contentsOf: Self.source.appendingPathComponent("refusals"), encoding: .utf8)
        let wanted = table.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
        #expect(wanted.count > 30)
        for (found, wanted) in zip(lines, wanted) { #expect(found == wanted) }
        #expect(lines.count == wanted.count)
        #expect(machine.isRunning)
    }
}

/// A hypervisor as users run it, without a policy, in a folder that goes away with the test.
private final class Machine {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("xsm-model-\(UUID().uuidString.prefix(8))")
    private let process = Process()

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let tool = try #require(BuiltPackage.hypervisor, "xsm-hypervisor is not built")
        process.executableURL = tool
        process.arguments = ["run", "--xsm", "dummy", "--directory", folder.path, "--quiet"]
        process.standardError = FileHandle.nullDevice
        try process.run()
        for _ in 0..<500 where !FileManager.default.fileExists(atPath: control) { usleep(10_000) }
        try #require(process.isRunning, "the hypervisor does not start")
    }

    /// dom0's socket.
    var control: String { folder.appendingPathComponent("dom0").path }
    var isRunning: Bool { process.isRunning }

    deinit {
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }
}
