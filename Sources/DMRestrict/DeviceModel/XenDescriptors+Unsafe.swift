import CSandbox
import Files
import Glibc

// SAFETY: paths are passed to calls that copy them before they return.

/// What a device model has open of Xen's: looked at, and restricted to its domain, from outside. A restriction is the open file's,
/// whoever has descriptors of it, and is never taken back.
public struct XenDescriptors: Sendable {
    private let process: LaunchedProcess
    private let domain: UInt16
    /// By the numbers of the host's devices.
    private let devices: [UInt64: XenDevice]

    public init(of process: LaunchedProcess, domain: UInt16) {
        self.process = process
        self.domain = domain
        var devices: [UInt64: XenDevice] = [:]
        for device in XenDevice.allCases {
            let number = unsafe sandbox_device_at(device.path)
            if number != 0 { devices[number] = device }
        }
        self.devices = devices
    }

    /// What it has when it serves its guest: commands and events of its domain only, and nothing else of Xen's. Of commands, no
    /// hypercall is left but operations of its device model, no memory but its own: they are restricted here once more.
    public func audit() -> [AuditFinding] {
        guard let open = each() else { return [unseen] }
        let others = open.filter { $0.device == .buffers || $0.device == .grants }
        let events = open.filter { $0.device == .events }
        // Whoever is restricted already is told so, to whichever domain it is; who was not is from now on, and was not as planned.
        let unrestricted = events.filter { event in event.with { sandbox_restrict_events($0, domain) } != -EACCES }
        return [
            commands(open),
            AuditFinding(
                "xen-events", isAsPlanned: unrestricted.isEmpty,
                found: unrestricted.isEmpty
                    ? "\(events.count) restricted" : "\(unrestricted.map { "\($0.number)" }.joined(separator: " ")) not restricted",
                wanted: "all restricted"),
            AuditFinding(
                "xen-devices", isAsPlanned: others.isEmpty,
                found: others.isEmpty
                    ? "no others" : others.map { "\($0.number) is \($0.device.path)" }.joined(separator: ", "),
                wanted: "no others"),
        ]
    }

    /// What cannot be seen does not pass for restricted.
    private var unseen: AuditFinding { AuditFinding("xen-devices", found: "its descriptors cannot be seen", wanted: "seen") }

    private func commands(_ open: [Descriptor]) -> AuditFinding {
        let commands = open.filter { $0.device == .commands }
        let refused = commands.filter { command in command.with { sandbox_restrict_commands($0, domain) } != 0 }
        return AuditFinding(
            "xen-commands", isAsPlanned: refused.isEmpty,
            found: refused.isEmpty
                ? "\(commands.count) restricted to domain \(domain)"
                : "\(refused.map { "\($0.number)" }.joined(separator: " ")) not restricted to domain \(domain)",
            wanted: "all restricted to domain \(domain)")
    }

    private struct Descriptor {
        let process: LaunchedProcess
        let number: Int32
        let device: XenDevice

        /// A call's result for a descriptor of the launcher's own, which is closed behind it.
        func with(_ call: (Int32) -> Int32) -> Int32 {
            let taken = sandbox_take_descriptor(process.descriptor, number)
            guard taken >= 0 else { return taken }
            defer { close(taken) }
            return call(taken)
        }
    }

    /// All that it has open of these devices; nil where that cannot be seen.
    private func each() -> [Descriptor]? {
        guard let entries = Files.entries(of: "/proc/\(process.number)/fd") else { return nil }
        var open: [Descriptor] = []
        for number in entries.compactMap({ Int32($0) }).sorted() {
            let taken = sandbox_take_descriptor(process.descriptor, number)
            // One that was closed meanwhile.
            if taken == -EBADF { continue }
            guard taken >= 0 else { return nil }
            defer { close(taken) }
            if let device = devices[sandbox_device_of(taken)] { open.append(Descriptor(process: process, number: number, device: device)) }
        }
        return open
    }
}
