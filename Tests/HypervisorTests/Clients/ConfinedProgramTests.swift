import Foundation
import Synchronization
import TestSupport
import Testing

/// What `xsm-hypervisor exec` closes to a program stays closed, whatever the program does with Xen's own libraries.
@Suite(.serialized) struct ConfinedProgramTests {
    /// Compiles the program; nil where Xen's libraries are not there to be linked, which is said.
    private func program(_ folder: borrowing TemporaryFolder) throws -> URL? {
        let source = folder.url.appendingPathComponent("model.c")
        try ProgramSource.deviceModel.write(to: source, atomically: true, encoding: .utf8)
        let program = folder.url.appendingPathComponent("model")
        let libraries = ["ctrl", "devicemodel", "foreignmemory", "evtchn", "toolcore"].map { "-lxen\($0)" }
        let result = try ProcessResult.run(
            URL(fileURLWithPath: "/usr/bin/cc"), ["-O1", "-o", program.path, source.path] + libraries)
        if result.status == 0 { return program }
        Peer.missing("libxen-dev: no program of our own was tried: \(result.text)")
        return nil
    }

    private static func lines(_ result: ProcessResult) -> [String] { result.text.split(separator: "\n").map(String.init) }

    @Test(arguments: [["--own-servers"], []]) func oneProgramsServersAreNotAnothers(_ options: [String]) throws {
        guard Daemon.isReady() else { return }
        let folder = try TemporaryFolder()
        guard let program = try program(folder) else { return }
        // By the door that each has, or by the number that each process has.
        let daemon = try Daemon(options.isEmpty ? ["--own-servers"] : [])
        #expect(Self.lines(try daemon.run(program, ["guest"])) == ["guest 1"])
        let (ready, done) = (folder.url.appendingPathComponent("ready").path, folder.url.appendingPathComponent("done").path)
        let first = Mutex<[String]>([])
        let runner = daemon.runner
        let ended = DispatchGroup()
        DispatchQueue.global().async(group: ended) {
            let result = try? runner.run(
                program, ["create:1", "make:\(ready)", "wait:\(done)", "map:1:0", "destroy:1:0"], options: options)
            let told = result.map(Self.lines) ?? []
            first.withLock { $0 = told }
        }
        let second = try daemon.run(
            program, ["wait:\(ready)", "destroy:1:0", "map:1:0", "vcpus:1", "create:1", "destroy:1:1", "make:\(done)"],
            options: options)
        ended.wait()
        #expect(
            Self.lines(second).dropFirst() == [
                "destroy:1:0 EPERM", "map:1:0 EPERM", "vcpus:1 0", "create:1 1", "destroy:1:1 0", "make:\(done) 0",
            ])
        #expect(first.withLock { $0 } == ["create:1 0", "make:\(ready) 0", "wait:\(done) 0", "map:1:0 0", "destroy:1:0 0"])
    }

    @Test func operationsThatAreNotOnTheListAreRefusedAndToldOf() throws {
        guard Daemon.isReady() else { return }
        let folder = try TemporaryFolder()
        guard let program = try program(folder) else { return }
        let daemon = try Daemon()
        try daemon.run(program, ["guest"])
        let result = try daemon.run(
            program, ["vcpus:1", "create:1", "msi:1"], options: ["--dm-ops", "create_ioreq_server,nr_vcpus"])
        #expect(Self.lines(result) == ["vcpus:1 0", "create:1 0", "msi:1 EPERM"])
        #expect(daemon.console.contains("(XEN) dm_op: inject_msi on d1 is not open to process "))
        let wrong = try daemon.run(program, [], options: ["--dm-ops", "inject"])
        #expect(wrong.status == 2)
        #expect(wrong.text.hasPrefix("error: there is no operation `inject` of dm_op: there are `create_ioreq_server`, "))
    }

    /// Xen's own restriction is of the handles that are open; ours is of all that the program will ever open.
    /// (`xendevicemodel_restrict` alone wants the device of Linux's driver, and restricts nothing without it, as it says.)
    @Test func aRestrictionCannotBeUndone() throws {
        guard Daemon.isReady() else { return }
        let folder = try TemporaryFolder()
        guard let program = try program(folder) else { return }
        let daemon = try Daemon()
        #expect(Self.lines(try daemon.run(program, ["guest", "guest"])) == ["guest 1", "guest 2"])
        let own = try daemon.run(
            program,
            [
                "create:2", "restrict:1", "vcpus:1", "vcpus:2", "version", "destroy:2:0", "model-restrict:2", "vcpus:2",
                "bind:2:1",
                "again", "vcpus:2",
            ])
        #expect(
            Self.lines(own) == [
                "create:2 0", "restrict:1 0", "vcpus:1 0", "vcpus:2 EPERM", "version ENOTTY", "destroy:2:0 EPERM",
                "model-restrict:2 EOPNOTSUPP",
                "vcpus:2 EPERM", "bind:2:1 EACCES", "again 0", "vcpus:2 0",
            ])
        let ours = try daemon.run(
            program,
            [
                "vcpus:1", "vcpus:2", "version", "model-restrict:2", "model-restrict:1", "restrict:1", "again", "vcpus:2",
                "vcpus:1", "again-control", "version",
            ],
            options: ["--restrict", "1"])
        #expect(
            Self.lines(ours) == [
                "vcpus:1 0", "vcpus:2 EPERM", "version EPERM", "model-restrict:2 EOPNOTSUPP", "model-restrict:1 EOPNOTSUPP",
                "restrict:1 0", "again 0",
                "vcpus:2 EPERM", "vcpus:1 0", "again-control 0", "version EPERM",
            ])
    }
}
