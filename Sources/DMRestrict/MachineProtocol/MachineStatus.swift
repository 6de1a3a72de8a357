/// What a machine is doing.
public struct MachineStatus: Hashable, Sendable {
    /// Why it runs or does not (QEMU, qapi/run-state.json: `RunState`).
    public enum State: String, Hashable, Sendable, CaseIterable {
        case debug
        case incomingMigration = "inmigrate"
        case internalError = "internal-error"
        case inputOutputError = "io-error"
        case paused
        case postMigration = "postmigrate"
        case beforeLaunch = "prelaunch"
        case finishingMigration = "finish-migrate"
        case restoring = "restore-vm"
        case running
        case saving = "save-vm"
        case shutdown
        case suspended
        case watchdog
        case panicked = "guest-panicked"
        case colo
        case beforeConfiguration = "preconfig"
    }

    public let isRunning: Bool
    /// Nil for one that is not known here.
    public let state: State?
}
