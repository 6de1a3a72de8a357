import Commands
import PolicyAnalysis

/// What keeps this tool's commands from answering.
extension CommandFailure {
    static func label(_ mistake: LabelMistake) -> CommandFailure { CommandFailure(mistake.message) }

    /// A file is no table of permissions.
    static func table(path: String, _ mistake: FlowPermissionsMistake) -> CommandFailure {
        CommandFailure("\(path)\(mistake.line > 0 ? ":\(mistake.line)" : ""): \(mistake.reason)")
    }
}
