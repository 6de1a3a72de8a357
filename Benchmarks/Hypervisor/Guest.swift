import Foundation
import Hypervisor
import XenStore

/// A guest with a real device model, whose only processor is executed here.
@MainActor final class Guest {
    let processor: GuestProcessor
    private let store: XenStoreServer
    private let emulator = Process()
    private let folder: URL

    struct Failure: Error {
        let message: String
    }

    /// Creates a guest, starts QEMU for it with our client libraries, and waits until that serves it.
    init(_ hypervisor: Hypervisor, _ server: ConnectionServer, libraries: String) throws {
        let number = try Guest.create(hypervisor)
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("xsm-bench-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let socket = folder.appendingPathComponent("dom0").path
        try server.listen(at: socket, domain: 0, user: geteuid())
        store = try XenStoreServer()
        let storeSocket = folder.appendingPathComponent("xenstored").path
        try store.listen(onSocketAt: storeSocket, domain: 0)
        store.introduce(number)
        try store.write("/local/domain/0/domid", Array("0".utf8))
        try store.write("/local/domain/\(number)/domid", Array("\(number)".utf8))
        emulator.executableURL = URL(fileURLWithPath: "/usr/libexec/xen-qemu-system-i386")
        emulator.arguments = [
            "-xen-domid", "\(number)", "-nodefaults", "-no-user-config", "-no-shutdown", "-display", "none", "-vga", "none",
            "-serial", "null", "-machine", "xenfv", "-m", "16", "-smp", "1",
        ]
        emulator.environment = [
            "XSM_HYPERVISOR": socket, "XENSTORED_PATH": storeSocket, "LD_LIBRARY_PATH": libraries, "HOME": folder.path,
        ]
        emulator.standardError = FileHandle.nullDevice
        emulator.standardOutput = FileHandle.nullDevice
        try emulator.run()
        let state = "/local/domain/0/device-model/\(number)/state"
        var tries = 0
        while (try? store.read(state)) != Array("running".utf8) {
            guard emulator.isRunning, tries < 1_000 else { throw Failure(message: "QEMU does not come to its main loop") }
            tries += 1
            usleep(10_000)
        }
        processor = try GuestProcessor(of: number, in: hypervisor)
    }

    func end() {
        emulator.terminate()
        emulator.waitUntilExit()
        store.stop()
        try? FileManager.default.removeItem(at: folder)
    }

    // MARK: Creating

    private static let room: UInt64 = 0x1000

    /// A structure of numbers at places, as Xen's interface has it.
    private static func structure(_ size: Int, _ fields: [(place: Int, value: UInt64, bytes: Int)]) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: size)
        for field in fields {
            for index in 0..<field.bytes { bytes[field.place + index] = UInt8(truncatingIfNeeded: field.value >> UInt64(8 * index)) }
        }
        return bytes
    }

    /// An HVM guest with one processor and 64 pages, let go.
    private static func create(_ hypervisor: Hypervisor) throws -> UInt16 {
        let memory = BufferMemory(at: room, size: 0x4000)
        guard let dom0 = hypervisor.client(of: 0, memory: memory) else { throw Failure(message: "there is no dom0") }
        func call(_ number: UInt64, _ arguments: [UInt64], _ bytes: [UInt8]) throws {
            guard memory.write(bytes, at: room) else { throw Failure(message: "there is no room") }
            let result = dom0.hypercall(number, arguments)
            guard result >= 0 else { throw Failure(message: "hypercall \(number) fails: \(result)") }
        }
        func word(_ size: Int, at place: UInt64) -> UInt64 {
            (memory.read(size, at: room + place) ?? []).reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        // `FLASK_CONTEXT_TO_SID`
        let context = Array("system_u:system_r:domU_t".utf8)
        guard memory.write(context, at: room + 0x1000) else { throw Failure(message: "there is no room") }
        try call(
            27, [room],
            structure(64, [(0, 4, 4), (4, 1, 4), (12, UInt64(context.count), 4), (16, room + 0x1000, 8)]))
        let label = word(4, at: 8)
        // `XEN_DOMCTL_createdomain`: HVM with hardware assisted paging.
        func control(_ command: UInt64, _ domain: UInt64, _ fields: [(Int, UInt64, Int)]) throws {
            try call(36, [room], structure(144, [(0, command, 4), (4, 0x15, 4), (8, domain, 2)] + fields))
        }
        try control(
            1, 0,
            [(16, label, 4), (36, 0x23, 4), (44, 1, 4), (48, 1_023, 4), (52, 64, 4), (56, 1_024, 4), (60, 2, 4)])
        let number = word(2, at: 8)
        try control(15, number, [(16, 1, 4)])
        try control(11, number, [(16, 16 << 10, 8)])
        // `XENMEM_populate_physmap`
        for frame in 0..<64 as Range<UInt64> {
            let place = UInt64(0x1000 + frame * 8)
            guard memory.write(structure(8, [(0, frame, 8)]), at: room + place) else { throw Failure(message: "there is no room") }
        }
        try call(12, [6, room], structure(32, [(0, room + 0x1000, 8), (8, 64, 8), (24, number, 2)]))
        // `XEN_DOMCTL_unpausedomain`
        try control(4, number, [])
        return UInt16(number)
    }
}
