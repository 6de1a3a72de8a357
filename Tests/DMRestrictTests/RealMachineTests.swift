@testable import DMRestrict
import Foundation
import Glibc
import JSON
import Testing
import TestSupport

@Suite("Debian's QEMU is told what to do by descriptors")
struct RealMachineTests {
    enum Build: CaseIterable {
        /// Without Xen: a machine with a processor and devices.
        case emulated
        /// Xen's, on a hypervisor of ours, and without a machine.
        case xen

        /// Xen's tells XenStore when it begins to run, and has none without a machine.
        var runs: Bool { self == .emulated }
    }

    /// A QEMU that no guest runs in.
    private final class Emulator {
        let folder: TemporaryFolder
        let process = Process()
        private let hypervisor: RealToolStack?
        var socket: String { folder.url.appendingPathComponent("qmp").path }

        /// Nil where there is none: that is said, and in CI a failure.
        init?(_ build: Build = .emulated, _ devices: [String] = []) throws {
            folder = try TemporaryFolder()
            let common = [
                "-nodefaults", "-no-user-config", "-display", "none", "-S",
                "-qmp", "unix:\(folder.url.appendingPathComponent("qmp").path),server=on,wait=off",
            ]
            switch build {
            case .emulated:
                hypervisor = nil
                let program = URL(fileURLWithPath: "/usr/bin/qemu-system-x86_64")
                guard BuiltPackage.executable(program) != nil else {
                    Peer.missing("qemu-system-x86: no QEMU was asked")
                    return nil
                }
                process.executableURL = program
                process.arguments = ["-M", "pc", "-accel", "tcg", "-m", "16"] + common + devices
            case .xen:
                guard let hypervisor = try RealToolStack(for: RealToolStack.emulator) else { return nil }
                self.hypervisor = hypervisor
                let command = hypervisor.command(RealToolStack.emulator, ["-M", "none", "-accel", "xen", "-xen-attach"] + common + devices)
                process.executableURL = command.program
                process.arguments = command.arguments
            }
            process.standardInput = FileHandle.nullDevice
            try process.run()
        }

        func connect() throws -> Int32 {
            for _ in 0..<400 {
                let descriptor = connection(to: socket)
                if descriptor >= 0 { return descriptor }
                usleep(25_000)
            }
            throw MachineFailure.closed
        }

        deinit {
            if process.isRunning { process.terminate() }
            process.waitUntilExit()
        }
    }

    private static let time = Duration.seconds(20)

    @Test("Greeting, status, running, stopping, powering down, quitting; commands that it does not know", arguments: Build.allCases)
    func conversation(_ build: Build) throws {
        guard let emulator = try Emulator(build) else { return }
        var machine = MachineConnection(owning: try emulator.connect())
        let greeting = try machine.greet(within: Self.time)
        #expect(greeting.major >= 7)
        #expect(try machine.status(within: Self.time) == MachineStatus(isRunning: false, state: .beforeLaunch))
        if build.runs {
            try machine.resume(within: Self.time)
            #expect(try machine.status(within: Self.time) == MachineStatus(isRunning: true, state: .running))
            try machine.stop(within: Self.time)
            #expect(try machine.status(within: Self.time) == MachineStatus(isRunning: false, state: .paused))
        }
        try machine.powerdown(within: Self.time)
        let names = try machine.takeEvents().map(\.name)
        #expect(names == (build.runs ? ["RESUME", "STOP", "POWERDOWN"] : ["POWERDOWN"]))
        do throws(MachineFailure) {
            _ = try machine.perform("no-such-thing", within: Self.time)
            Issue.record("it did what there is not")
        } catch {
            guard case .refused("no-such-thing", let refusal) = error else { throw error }
            #expect(refusal.kind == "CommandNotFound")
        }
        try machine.quit(within: Self.time)
        emulator.process.waitUntilExit()
        #expect(emulator.process.terminationStatus == 0)
    }

    @Test("A CD is put into an empty drive, changed and ejected by descriptors, and QEMU lets go of those that it had")
    func medium() throws {
        guard let emulator = try Emulator(.emulated, ["-device", "ide-cd,id=cd0"]) else { return }
        var machine = MachineConnection(owning: try emulator.connect())
        _ = try machine.greet(within: Self.time)
        // While it is stopped it lets go of no descriptor.
        try machine.resume(within: Self.time)
        for (index, name) in ["first", "second", "third"].enumerated() {
            let file = emulator.folder.url.appendingPathComponent(name)
            try Data(repeating: UInt8(index), count: 2_048 * (100 + index)).write(to: file)
            let descriptor = opened(file.path, O_RDONLY | O_CLOEXEC)
            // It has no name to be opened by.
            try FileManager.default.removeItem(at: file)
            try machine.changeMedium(of: "cd0", to: descriptor, isForced: true, within: Self.time)
            close(descriptor)
            let drives = try machine.perform("query-block", within: Self.time).array ?? []
            let inserted = drives.first { $0["qdev"] == "cd0" }?["inserted"]
            #expect(inserted?["image"]?["virtual-size"] == .integer(Int64(2_048 * (100 + index))))
            #expect(inserted?["ro"] == true)
            #expect(inserted?["file"]?.string?.hasPrefix("/dev/fdset/") == true)
            #expect(try machine.perform("query-fdsets", within: Self.time).array?.count == 1, "\(name)")
        }
        // What cannot be a medium is refused, and not kept.
        let folder = opened("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(folder) }
        do throws(MachineFailure) {
            try machine.changeMedium(of: "cd0", to: folder, within: Self.time)
            Issue.record("a folder is no medium")
        } catch {
            guard case .refused("blockdev-change-medium", _) = error else { throw error }
        }
        #expect(try machine.perform("query-fdsets", within: Self.time).array?.count == 1)
        try machine.ejectMedium(of: "cd0", isForced: true, within: Self.time)
        let drives = try machine.perform("query-block", within: Self.time).array ?? []
        #expect(drives.contains { $0["qdev"] == "cd0" && $0["inserted"] == nil })
        #expect(try machine.perform("query-fdsets", within: Self.time) == [])
        try machine.quit(within: Self.time)
    }

    @Test("The state of the devices is written to a descriptor", arguments: Build.allCases)
    func state(_ build: Build) throws {
        guard let emulator = try Emulator(build) else { return }
        var machine = MachineConnection(owning: try emulator.connect())
        _ = try machine.greet(within: Self.time)
        if build.runs { try machine.resume(within: Self.time) }
        let file = emulator.folder.url.appendingPathComponent("state")
        let descriptor = opened(file.path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        try machine.saveState(to: descriptor, within: Self.time)
        close(descriptor)
        let bytes = try Data(contentsOf: file)
        // The mark of QEMU's streams, and what is in one.
        #expect(bytes.starts(with: Data("QEVM".utf8)))
        #expect(bytes.range(of: Data((build == .xen ? "timer" : "i8259").utf8)) != nil)
        #expect(try machine.status(within: Self.time) == MachineStatus(isRunning: false, state: build.runs ? .paused : .beforeLaunch))
        try machine.quit(within: Self.time)
    }
}
