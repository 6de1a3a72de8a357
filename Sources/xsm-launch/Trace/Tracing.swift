import CSandbox
import Commands
import DMRestrict
import Files
import Glibc

/// A run that is traced: the filter that it is under instead of its profile's, and who hears its calls.
struct Tracing {
    let attendant: TraceAttendant
    /// What is installed at the start, which restricts nothing.
    let filter: SystemCallFilter
    /// What a gate has for the time behind it.
    let gateFilter: SystemCallFilter

    /// `hasGate`: whether it is a device model that is to be under the running section's lines only, once it serves.
    ///
    /// The caller must have one thread only.
    init(_ settings: TraceSettings, _ profile: Profile, name: String, user: UInt32, hasGate: Bool) throws(CommandFailure) {
        try settings.check()
        let method = settings.method ?? (sandbox_can_listen() == 1 ? .notification : .log)
        let seesEveryCall = settings.seesEveryCall && method == .notification
        let parsed = try profile.parsed()
        do throws(FilterFailure) {
            filter = try parsed.tracingFilter(hasGate && method == .notification ? .running : .start, by: method, everyCall: seesEveryCall)
            gateFilter = method == .log ? try parsed.tracingFilter(.running, by: .log, everyCall: false) : SystemCallProfile.noFilter
        } catch {
            throw profile.failure(error)
        }
        let trace = SystemCallTrace(of: parsed, by: method, seesEveryCall: seesEveryCall)
        let report = TraceReport(settings: settings, profile: profile, name: name)
        do throws(LaunchFailure) {
            attendant = try TraceAttendant(trace, user: user) { report.write($0) }
        } catch {
            let reason = FileError(path: "", number: error.number).reason
            throw CommandFailure("it cannot be traced by `\(method.rawValue)`: \(error.call) (\(error.object)): \(reason)")
        }
        tell(
            "xsm-launch: TRACED by `\(method.rawValue)`: `\(name)` is NOT restricted by its filter: what the profile `\(parsed.name)` does not "
                + "have is recorded, and done\n", STDERR_FILENO)
    }

    /// Has it reported, once the program has ended: the exit status of the trace.
    func finish(_ end: LaunchedProcess.End) throws(CommandFailure) -> Int32 {
        switch attendant.finish(end) {
        case .exited(let status): return status
        case .killed(let signal): throw CommandFailure("the trace is lost: who heard the calls was ended by signal \(signal)")
        case .lost(let number): throw CommandFailure("the trace is lost: who heard the calls cannot be waited for: \(FileError(path: "", number: number).reason)")
        }
    }
}
