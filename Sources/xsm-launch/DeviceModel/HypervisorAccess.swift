import Commands
import DMRestrict
import Files
import Hypervisor

/// How a device model reaches the hypervisor, and its launcher XenStore.
///
/// Of our own hypervisor it has a door, with an allow-list of operations, and ioreq servers that no other program of dom0 reaches. Of
/// Xen it has device files that it may open until it says that it serves its guest; what it has open then is of its own domain only.
struct HypervisorAccess {
    /// The descriptor by which it opens handles of our hypervisor's.
    static let doorNumber: Int32 = 3
    /// What Xen's QEMU asks for (`XEN_DMOP_*`), and nothing that it does not.
    private static let operations: Set<UInt32> = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 17, 18]

    private(set) var door: OpenedDoor?
    private(set) var nodes: XenDeviceNodes?
    /// XenStore's socket.
    let store: String
    /// Variables by which its libraries find the hypervisor.
    private(set) var environment = ["XENSTORED_PATH": "/run/xenstored"]
    private(set) var bindings: [RootTree.Binding] = []
    /// Where it sees the library of its gate.
    let gateLibrary: String

    /// Our hypervisor, where a tool stack runs on it; else this host's Xen, by files in a folder of the device model's.
    init(for group: UInt32, in folder: String) throws(CommandFailure) {
        if let hypervisor = Files.environment("XSM_HYPERVISOR") {
            guard let store = Files.environment("XENSTORED_PATH"),
                let libraries = Files.environment("LD_LIBRARY_PATH")?.split(separator: ":").first.map(String.init)
            else { throw CommandFailure("there is no XenStore: run this by `xsm-hypervisor exec`, which says where it is") }
            self = try Self(hypervisor, as: 0, store: store, libraries: libraries)
            return
        }
        self = try Self(nodesFor: group, in: folder)
    }

    /// This host's Xen, by files in a folder of the device model's.
    private init(nodesFor group: UInt32, in folder: String) throws(CommandFailure) {
        guard Files.exists(XenDevice.commands.path) else {
            throw CommandFailure(
                "there is no hypervisor: neither Xen's `\(XenDevice.commands.path)`, nor ours, on which `xsm-hypervisor exec` runs programs")
        }
        store = Files.environment("XENSTORED_PATH") ?? "/run/xenstored/socket"
        let nodes: XenDeviceNodes
        do throws(LaunchFailure) {
            nodes = try XenDeviceNodes(in: folder, group: group)
        } catch {
            throw CommandFailure("no device files: \(error.call) (\(error.object)): \(FileError(path: "", number: error.number).reason)")
        }
        bindings = nodes.paths.sorted { $0.value < $1.value }.map { .init($0.value, at: $0.key.path, isWritable: true, isDevice: true) }
        self.nodes = nodes
        gateLibrary = "/run/" + Self.gate
        bindings.append(.init(try Installed.path(of: Self.gate, in: ["../lib/swift-xsm", ".", "../xen-shim"]), at: gateLibrary, isExecutable: true))
    }

    /// Our hypervisor by dom0's socket, as a domain: dom0, or one that serves another.
    init(_ hypervisor: String, as domain: UInt16, store: String, libraries: String) throws(CommandFailure) {
        self.store = store
        door = try Self.openDoor(hypervisor, domain)
        environment["XSM_HYPERVISOR"] = "fd:\(Self.doorNumber)"
        environment["LD_LIBRARY_PATH"] = "/run/xen-shim"
        bindings = [.init(libraries, at: "/run/xen-shim", isExecutable: true)]
        gateLibrary = "/run/xen-shim/" + Self.gate
    }

    private static let gate = "libxsm-gate.so"

    private static func openDoor(_ path: String, _ domain: UInt16) throws(CommandFailure) -> OpenedDoor {
        do throws(SystemError) {
            return try ConnectionServer.openDoor(at: path, to: domain, limits: ClientLimits(deviceModelOperations: Self.operations))
        } catch {
            throw CommandFailure("no door at `\(path)`: \(FileError(path: path, number: error.number).reason)")
        }
    }
}
