import Commands
import DMRestrict
import Files

// Limits as this host has them for device models.

extension ControlGroupLimits {
    /// Where an operator says what device models may have.
    static let file = "/etc/xsm-launch/limits"

    /// What device models of this host may have: as many processes as one's user may have, and no devices but its own, where the host can
    /// limit that; and what the operator says, which it must.
    static func ofThisHost() throws(CommandFailure) -> ControlGroupLimits {
        var limits = ControlGroupLimits()
        limits.processes = 256
        limits.optional = [.pids, .devices]
        let contents: [UInt8]?
        do throws(FileError) {
            contents = try Files.contents(of: file)
        } catch {
            throw CommandFailure(error.whyUnread)
        }
        do throws(TextMistake) {
            if let contents { try limits.take(from: String(decoding: contents, as: UTF8.self)) }
        } catch {
            throw CommandFailure("\(file):\(error.line): \(error.text)")
        }
        return limits
    }

    /// What one of them may have that a tool stack starts: in QEMU's place there are no options but QEMU's own.
    static func ofEnvironment() throws(CommandFailure) -> ControlGroupLimits {
        var limits = try ofThisHost()
        for (variable, controller) in [("XSM_MEMORY_LIMIT", ControlGroupController.memory), ("XSM_CPU_LIMIT", .cpu), ("XSM_PIDS_LIMIT", .pids)] {
            guard let text = Files.environment(variable) else { continue }
            guard limits.set(controller, to: text) else { throw CommandFailure("`\(variable)` is \(controller.wanted): not `\(text)`") }
        }
        return limits
    }
}
