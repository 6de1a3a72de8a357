import Arguments
import DMRestrict

// Limits as the command line says them, by an option.

extension ControlGroupLimits {
    /// Takes one from an option's value.
    mutating func set(_ controller: ControlGroupController, to text: String, by option: String) throws(UsageError) {
        guard set(controller, to: text) else { throw UsageError(message: "`\(option)` is \(controller.wanted): not `\(text)`") }
    }

    /// These where they say something, otherwise others.
    func over(_ others: ControlGroupLimits) -> ControlGroupLimits {
        var limits = others
        if let memory { limits.memory = memory }
        if let processor { limits.processor = processor }
        return limits
    }
}
