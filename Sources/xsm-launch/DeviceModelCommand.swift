import DMRestrict
import Files
import Glibc
import Hypervisor

/// `xsm-launch qemu`, in QEMU's place: it takes the command line that libxl gives QEMU, and to libxl it is QEMU.
///
/// What QEMU would open, it gets opened: sockets, images, outputs. Of the hypervisor it has a door of its own, with an allow-list of
/// operations, and ioreq servers that no other program of dom0 reaches; of XenStore a relay, which ends when QEMU lets go of it.
struct DeviceModelCommand {
    private let words: [String]

    init(_ words: [String]) {
        self.words = words
    }

    private static let program = "/usr/libexec/xen-qemu-system-i386"
    /// Domain N's device model is user and group this + N: beyond what the system and containers give away.
    static let firstUser: UInt32 = 0x14_0000
    /// The descriptor by which it opens handles of the hypervisor's.
    private static let door: Int32 = 3
    /// What Xen's QEMU asks for (`XEN_DMOP_*`), and nothing that it does not.
    private static let operations: Set<UInt32> = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 17, 18]

    /// The exit status.
    func run() -> Int32 {
        do throws(CommandFailure) {
            return try serve()
        } catch {
            tell("xsm-launch: error: \(error.message)\n", STDERR_FILENO)
            return 125
        }
    }

    private func serve() throws(CommandFailure) -> Int32 {
        let line: DeviceModelCommandLine
        do throws(DeviceModelCommandLine.Mistake) {
            line = try DeviceModelCommandLine(words)
        } catch {
            throw CommandFailure("the device model's command line is not understood: \(error)")
        }
        guard let hypervisor = Files.environment("XSM_HYPERVISOR"), let store = Files.environment("XENSTORED_PATH"),
            let libraries = Files.environment("LD_LIBRARY_PATH")?.split(separator: ":").first.map(String.init)
        else {
            throw CommandFailure("there is no hypervisor: run this by `xsm-hypervisor exec`, which says where it is")
        }
        var passed: [Int32: Int32] = [0: 0, 1: 1, 2: 2]
        var kept = [
            KeptDescriptor(0, "standard input"), KeptDescriptor(1, "log"), KeptDescriptor(2, "log"),
            KeptDescriptor(Self.door, "the hypervisor", link: "socket:"),
        ]
        let door = try openDoor(hypervisor)
        passed[Self.door] = door.descriptor
        for (number, opening) in line.openings.sorted(by: { $0.key < $1.key }) {
            let (result, path) = Opened.open(opening)
            guard result >= 0 else { throw CommandFailure("cannot open `\(path)`: \(FileError(path: path, number: -result).reason)") }
            passed[number] = result
            kept.append(KeptDescriptor(number, "\(opening)"))
        }
        guard let folder = Opened.makeFolder() else { throw CommandFailure("cannot make a folder for the relay of XenStore") }
        let relay = folder + "/xenstored"
        defer { Opened.remove(folder: folder, file: relay) }
        let listener = Opened.listen(at: relay)
        guard listener >= 0 else { throw CommandFailure("cannot relay XenStore: \(FileError(path: relay, number: -listener).reason)") }
        let plan = try plan(line, kept, relay: relay, libraries: libraries)
        let process = try plan.start(passing: passed)
        for (number, descriptor) in passed where number > 2 && number != Self.door { close(descriptor) }
        try withExtendedLifetime(door) { () throws(CommandFailure) in
            // Nothing of the guest has run yet: libxl lets it go once QEMU has said that it serves it.
            try plan.verify(process) { $0.report() }
        }
        Opened.relay(process, from: listener, to: store)
        return plan.status(of: process)
    }

    /// Where QEMU's profile is installed, and where it lies in a build.
    private static func profile() throws(CommandFailure) -> String {
        let folder = Files.resolved("/proc/self/exe").map { $0.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") } ?? ""
        let folders = [
            folder + "/../share/swift-xsm/devices/x86_64", folder + "/../../../Policies/devices/x86_64",
            folder + "/../../../../Policies/devices/x86_64", "/usr/share/swift-xsm/devices/x86_64",
        ]
        guard let found = folders.map({ $0 + "/qemu-xen.policy" }).first(where: Files.exists) else {
            throw CommandFailure("QEMU's profile is not installed: it is looked for in \(folders.joined(separator: ", "))")
        }
        return found
    }

    private func openDoor(_ path: String) throws(CommandFailure) -> MessageSocket {
        do throws(SystemError) {
            return try ConnectionServer.openDoor(at: path, to: 0, limits: ClientLimits(deviceModelOperations: Self.operations))
        } catch {
            throw CommandFailure("no door at `\(path)`: \(FileError(path: path, number: error.number).reason)")
        }
    }

    private func plan(
        _ line: DeviceModelCommandLine, _ kept: [KeptDescriptor], relay: String, libraries: String
    ) throws(CommandFailure) -> RestrictionPlan {
        let user = Self.firstUser + UInt32(line.domain)
        var request = LaunchRequest(name: "qemu-\(line.domain)", program: Self.program, uid: user, gid: user)
        request.arguments = line.arguments
        request.environment = [
            "XSM_HYPERVISOR": "fd:\(Self.door)", "XENSTORED_PATH": "/run/xenstored", "LD_LIBRARY_PATH": "/run/xen-shim",
        ]
        request.bindings = [
            .init(Self.program, isExecutable: true), .init("/usr/lib/x86_64-linux-gnu", isExecutable: true),
            .init("/lib64/ld-linux-x86-64.so.2", isExecutable: true), .init(libraries, at: "/run/xen-shim", isExecutable: true),
            .init("/usr/share/qemu"), .init("/usr/share/seabios"), .init("/dev/null", isWritable: true, isDevice: true),
            .init("/dev/urandom", isDevice: true), .init(relay, at: "/run/xenstored", isWritable: true),
        ].filter { Files.exists($0.source) }
        request.descriptors = kept
        request.filter = try LaunchArguments.filter(Self.profile(), .killProcess)
        do throws(PlanMistake) {
            return try RestrictionPlan(for: request, on: HostAbilities.ofThisHost())
        } catch {
            throw CommandFailure(error.text)
        }
    }
}
