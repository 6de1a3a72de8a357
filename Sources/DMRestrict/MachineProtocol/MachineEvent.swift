public import JSON

/// Something that a device model tells without being asked: `SHUTDOWN`, `DEVICE_TRAY_MOVED`… (QEMU, qapi/*.json).
public struct MachineEvent: Hashable, Sendable {
    public let name: String
    public let data: JSONObject
    /// Of its clock, in seconds since 1970; nil where it does not know.
    public let seconds: Int64?
}
