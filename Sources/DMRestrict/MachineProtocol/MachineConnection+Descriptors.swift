import Glibc
import JSON

extension MachineConnection {
    /// Puts a medium into a drive: a file that was opened elsewhere, and that QEMU has no name for (`add-fd`,
    /// `blockdev-change-medium`, `remove-fd`). The descriptor stays the caller's.
    ///
    /// - Parameters:
    ///   - isReadOnly: whether the guest may write to it.
    ///   - time: how long it may take.
    ///   - device: The drive, by its device's id (`-device ide-cd,id=…`).
    ///   - descriptor: Must be opened as it is to be used: to read, or to read and write. QEMU takes no other.
    ///   - format: As QEMU calls it: `raw` unless the file's author is trusted with another.
    ///   - isForced: Whether a tray that the guest has locked is opened; QEMU 7.1 and later.
    ///
    /// Throws ``MachineFailure``. Where QEMU refuses the medium, it does not keep the descriptor either; the old medium may be
    /// out already.
    public mutating func changeMedium(
        of device: String, to descriptor: Int32, format: String = "raw", isReadOnly: Bool = true, isForced: Bool = false,
        within time: Duration
    ) throws(MachineFailure) {
        let mode = isReadOnly ? O_RDONLY : O_RDWR
        guard try MachineChannel.accessMode(of: descriptor) == mode else {
            throw .unsuitable(isReadOnly ? "opened to be read only" : "opened to be read and written")
        }
        let deadline = Deadline(in: time)
        let old = try set(inserted: device, until: deadline)
        let new = try add(descriptor, until: deadline)
        var arguments = JSONObject([
            .init("id", .string(device)), .init("filename", .string(Self.path(of: new))), .init("format", .string(format)),
            .init("read-only-mode", isReadOnly ? "read-only" : "read-write"),
        ])
        if isForced { arguments["force"] = true }
        do throws(MachineFailure) {
            _ = try perform("blockdev-change-medium", arguments, until: deadline)
        } catch .refused(let command, let refusal) {
            try remove(new, until: deadline)
            throw .refused(command, refusal)
        }
        if let old, old != new { try remove(old, until: deadline) }
    }

    /// Takes the medium out of a drive (`eject`), and has QEMU let go of its descriptor.
    public mutating func ejectMedium(
        of device: String, isForced: Bool = false, within time: Duration
    ) throws(MachineFailure) {
        let deadline = Deadline(in: time)
        let old = try set(inserted: device, until: deadline)
        _ = try perform("eject", JSONObject([.init("id", .string(device)), .init("force", .boolean(isForced))]), until: deadline)
        if let old { try remove(old, until: deadline) }
    }

    /// Stops the machine, and writes the state of its devices, without the guest's memory, as Xen's migration wants it (`stop`,
    /// `xen-save-devices-state`; Xen, tools/libs/light/libxl_qmp.c: `libxl__qmp_suspend_save`). The machine stays stopped, also
    /// where saving fails.
    ///
    /// - Parameters:
    ///   - time: how long it may take.
    ///   - descriptor: Opened to be written only, and empty: QEMU takes no other, and cuts nothing off. While the machine is
    ///     stopped QEMU does not close its copy: a pipe has no end then, and what was written is whole when this returns.
    ///   - isLive: Whether it is for a migration, after which this machine is not to go on.
    public mutating func saveState(to descriptor: Int32, isLive: Bool = false, within time: Duration) throws(MachineFailure) {
        guard try MachineChannel.accessMode(of: descriptor) == O_WRONLY else { throw .unsuitable("opened to be written only") }
        let deadline = Deadline(in: time)
        _ = try perform("stop", until: deadline)
        let set = try add(descriptor, until: deadline)
        let arguments = JSONObject([.init("filename", .string(Self.path(of: set))), .init("live", .boolean(isLive))])
        do throws(MachineFailure) {
            _ = try perform("xen-save-devices-state", arguments, until: deadline)
        } catch .refused(let command, let refusal) {
            try remove(set, until: deadline)
            throw .refused(command, refusal)
        }
        try remove(set, until: deadline)
    }

    /// Hands over somebody who has connected to see the screen by VNC (`getfd`, `add_client`). The descriptor stays the caller's.
    public mutating func addDisplayClient(_ descriptor: Int32, within time: Duration) throws(MachineFailure) {
        let deadline = Deadline(in: time)
        _ = try perform("getfd", JSONObject([.init("fdname", "display")]), passing: descriptor, until: deadline)
        do throws(MachineFailure) {
            _ = try perform("add_client", JSONObject([.init("protocol", "vnc"), .init("fdname", "display")]), until: deadline)
        } catch .refused(let command, let refusal) {
            _ = try perform("closefd", JSONObject([.init("fdname", "display")]), until: deadline)
            throw .refused(command, refusal)
        }
    }

    // MARK: - Sets of descriptors

    private static let folder = "/dev/fdset/"

    private static func path(of set: Int64) -> String { folder + "\(set)" }

    /// Passes a descriptor, which makes a set of its own.
    private mutating func add(_ descriptor: Int32, until deadline: Deadline) throws(MachineFailure) -> Int64 {
        let command = "add-fd"
        let answer = try perform(command, passing: descriptor, until: deadline)
        guard let set = answer["fdset-id"]?.integer, (0...Int64(Int32.max)).contains(set) else {
            throw end(.senseless(to: command))
        }
        return set
    }

    /// Lets go of a set. Where there is none any more, that is as well.
    private mutating func remove(_ set: Int64, until deadline: Deadline) throws(MachineFailure) {
        do throws(MachineFailure) {
            _ = try perform("remove-fd", JSONObject([.init("fdset-id", .integer(set))]), until: deadline)
        } catch .refused {
            return
        }
    }

    /// The set that the medium in a drive came by; nil where there is none, or it came otherwise.
    private mutating func set(inserted device: String, until deadline: Deadline) throws(MachineFailure) -> Int64? {
        let command = "query-block"
        guard let drives = try perform(command, until: deadline).array else { throw end(.senseless(to: command)) }
        let drive = drives.first { $0["qdev"]?.string == device } ?? drives.first { $0["device"]?.string == device }
        guard let file = drive?["inserted"]?["file"]?.string, file.hasPrefix(Self.folder) else { return nil }
        return Int64(file.dropFirst(Self.folder.count)).flatMap { $0 >= 0 ? $0 : nil }
    }
}
