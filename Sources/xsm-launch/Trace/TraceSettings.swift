import Commands
import DMRestrict
import Files
import Reports

/// How a run is traced, and where what came of it goes.
struct TraceSettings {
    /// Which profile a device model is compared with; nil: the one that is installed.
    var profile: String?
    /// A new file for the profile with the lines that would be needed.
    var output: String?
    /// A new file for the difference.
    var report: String?
    /// Nil: by notification where the kernel has it.
    var method: SystemCallProfile.TraceMethod?
    /// Whether calls are looked at that the profile has.
    var seesEveryCall = true
    var format = TextFormat.text

    /// In QEMU's place there are no options but QEMU's own.
    static func ofEnvironment() -> TraceSettings {
        var settings = TraceSettings()
        settings.profile = Files.environment("XSM_TRACE_PROFILE")
        settings.output = Files.environment("XSM_TRACE_OUTPUT")
        settings.seesEveryCall = Files.environment("XSM_TRACE_MISSING_ONLY") == nil
        settings.report = Files.environment("XSM_TRACE_REPORT")
        return settings
    }

    /// Before anything runs: nothing is written over.
    func check() throws(CommandFailure) {
        for path in [output, report].compactMap({ $0 }) where Files.exists(path) {
            throw CommandFailure("`\(path)` is there already: a trace writes new files only, and never over a profile")
        }
    }
}
