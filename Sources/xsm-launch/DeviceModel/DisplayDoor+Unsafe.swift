import CLinux
import CSandbox
import Commands
import DMRestrict
import Files
import Glibc

// SAFETY: paths and addresses are passed to calls that copy them before they return.

/// Where somebody connects to see a guest's screen. The device model listens nowhere: it is handed who has connected.
final class DisplayDoor {
    private let listener: Int32
    private let sockets: DeviceModelSockets
    private let path: String?
    /// Where that is: a path, or an address and the port that was free.
    let place: String

    /// How long a device model may take to let somebody in.
    private static let patience = Duration.seconds(5)

    init(_ display: DisplayListener, for sockets: DeviceModelSockets) throws(CommandFailure) {
        self.sockets = sockets
        let wanted: String
        switch display.place {
        case .path(let path):
            listener = unsafe linux_listen(path, 0, 0o600)
            (self.path, wanted, place) = (path, path, path)
        case .address(let address, let ports):
            listener = unsafe sandbox_listen_at(address, ports.lowerBound, ports.upperBound)
            path = nil
            wanted = "\(address), ports \(ports.lowerBound) to \(ports.upperBound)"
            place = "\(address):\(sandbox_port(listener))"
        }
        guard listener >= 0 else {
            throw CommandFailure("cannot listen for VNC at `\(wanted)`: \(FileError(path: "", number: -listener).reason)")
        }
    }

    deinit {
        if listener >= 0 { close(listener) }
        if let path { Files.remove(path) }
    }

    var watched: WatchedDescriptor {
        WatchedDescriptor(listener) {
            self.admit()
            return .goOn
        }
    }

    /// Lets in who has connected. A device model that does not answer loses whoever it was, and nothing else happens.
    private func admit() {
        let client = sandbox_accept(listener)
        guard client >= 0 else { return }
        defer { close(client) }
        do throws(MachineFailure) {
            var machine = try MachineConnection.opened(to: sockets, within: Self.patience)
            try machine.addDisplayClient(client, within: Self.patience)
        } catch {
            tell("xsm-launch: nobody is let in to see the screen: \(error.text)\n", STDERR_FILENO)
        }
    }
}
