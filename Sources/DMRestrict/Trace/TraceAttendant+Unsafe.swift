import CSandbox
import Glibc

// SAFETY: the child of a clone without shared memory is a copy of a process with one thread. Arrays are handed to calls with their counts,
// which write no more than that before they return; structures are written as a whole.

/// A process beside the launcher that hears which calls a traced program makes, answers them, and says in the end what came of it. It
/// outlives the launcher, so that a trace that is broken off is not lost; without it the program's calls fail.
public struct TraceAttendant: Sendable {
    /// By which it is sent the listener, and told how far the program is.
    public let socket: Int32
    private let process: Int32
    private let descriptor: Int32

    /// Starts it. `report` runs in it at the end, and gives its exit status; it does not where the program was not started.
    ///
    /// `user` is whom the program becomes, by which the kernel's log is read. The caller must have one thread only. Throws ``LaunchFailure``.
    public init(
        _ trace: SystemCallTrace, user: UInt32, report: (TraceOutcome) -> Int32
    ) throws(LaunchFailure) {
        var log: Int32 = -1
        if trace.method == .log {
            log = sandbox_open_log()
            guard log >= 0 else { throw LaunchFailure(step: "trace", call: "open", number: -log, object: "/dev/kmsg") }
        } else if sandbox_can_listen() != 1 {
            throw LaunchFailure(step: "trace", call: "seccomp", number: EOPNOTSUPP, object: "SECCOMP_RET_USER_NOTIF")
        }
        var ends: [Int32] = [-1, -1]
        let made = unsafe sandbox_socket_pair(&ends)
        guard made == 0 else { throw LaunchFailure(step: "trace", call: "socketpair", number: -made, object: "") }
        var descriptor: Int32 = -1
        let child = unsafe sandbox_clone(0, -1, &descriptor)
        if child == 0 {
            // What the launcher was given by others ends with the launcher.
            sandbox_close_others(ends[1], log)
            sandbox_outlive_signals()
            var hearing = Hearing(trace: trace, control: ends[1], log: log, user: user)
            guard let outcome = hearing.untilEnd() else { sandbox_exit(125) }
            sandbox_exit(report(outcome))
        }
        close(ends[1])
        if log >= 0 { close(log) }
        guard child > 0 else {
            close(ends[0])
            throw LaunchFailure(step: "trace", call: "clone3", number: -child, object: "")
        }
        (socket, process, self.descriptor) = (ends[0], child, descriptor)
    }

    /// Tells it that the program is to be under its second filter from here on.
    public func beginRunning() { say([UInt8(ascii: "g")]) }

    /// Tells it how the program has ended, and waits for its report: how it has ended itself. To be called once.
    public func finish(_ end: LaunchedProcess.End?) -> LaunchedProcess.End {
        switch end {
        case .exited(let status): say([UInt8(ascii: "e"), UInt8(truncatingIfNeeded: status), 0])
        case .killed(let signal): say([UInt8(ascii: "e"), UInt8(truncatingIfNeeded: signal), 1])
        // How it ended nobody can say; the attendant hears that there is nothing more.
        case .lost, nil: break
        }
        close(socket)
        return LaunchedProcess(number: process, descriptor: descriptor, start: 0).wait()
    }

    /// Tells it that there is no program, and waits for its end. To be called once, in place of ``finish(_:)``.
    public func discard() {
        say([UInt8(ascii: "x")])
        _ = finish(nil)
    }

    private func say(_ bytes: [UInt8]) { unsafe _ = sandbox_send(socket, bytes, bytes.count, -1) }
}

/// The attendant's side.
private struct Hearing {
    var trace: SystemCallTrace
    var control: Int32
    let log: Int32
    let user: UInt32

    private var listener: Int32 = -1
    private var end: LaunchedProcess.End?
    private var wasStarted = false
    private var isOver = false

    init(trace: SystemCallTrace, control: Int32, log: Int32, user: UInt32) {
        (self.trace, self.control, self.log, self.user) = (trace, control, log, user)
    }

    /// Nil where there was no program, or none that is of interest.
    mutating func untilEnd() -> TraceOutcome? {
        while !isOver {
            let heard = sandbox_hear(control, log >= 0 ? log : listener, -1)
            guard heard >= 0 else { break }
            // First how far it is, then what it does.
            if Int(heard) & SANDBOX_HEARD_CONTROL != 0 { obey() }
            if Int(heard) & SANDBOX_HEARD_CALL != 0 { if log >= 0 { readLog() } else { answer() } }
            if Int(heard) & SANDBOX_HEARD_NOBODY != 0 {
                close(listener)
                listener = -1
                if control < 0 { isOver = true }
            }
        }
        // The kernel writes its log behind the program's back, and soon.
        for _ in 0..<10 where log >= 0 { if sandbox_hear(-1, log, 20) > 0 { readLog() } }
        // Of a program that nobody heard, nothing is known.
        return wasStarted || (log >= 0 && end != nil) ? TraceOutcome(proposal: trace.proposal, end: end) : nil
    }

    /// What the launcher says.
    private mutating func obey() {
        var bytes = [UInt8](repeating: 0, count: 16)
        var passed: Int32 = -1
        let count = unsafe sandbox_receive_passed(control, &bytes, bytes.count, &passed)
        switch (count, bytes[0]) {
        case (1..., UInt8(ascii: "l")) where passed >= 0 && listener < 0:
            listener = passed
            wasStarted = true
            sandbox_hear_at_once(listener)
        case (1..., UInt8(ascii: "g")): trace.beginRunning()
        case (3..., UInt8(ascii: "e")):
            end = bytes[2] == 1 ? .killed(Int32(bytes[1])) : .exited(Int32(bytes[1]))
            isOver = true
        case (1..., UInt8(ascii: "x")): (wasStarted, isOver) = (false, true)
        case (1..., _): if passed >= 0 { close(passed) }
        default:
            // The launcher is gone: the program dies with it.
            close(control)
            control = -1
            if listener < 0 { isOver = true }
        }
    }

    private mutating func answer() {
        var call = sandbox_call()
        // Whose thread is gone does not wait any more.
        guard unsafe sandbox_next_call(listener, &call) == 1 else { return }
        let (id, thread, listener) = (call.id, call.thread, listener)
        let arguments = [call.arguments.0, call.arguments.1, call.arguments.2, call.arguments.3, call.arguments.4, call.arguments.5]
        let observed = ObservedCall(architecture: call.architecture, number: call.number, arguments: arguments)
        let answer = trace.record(observed) { Self.name(of: thread, making: id, listener) }
        switch answer {
        case .goOn: _ = sandbox_answer_call(listener, id, 0)
        case .error(let number): _ = sandbox_answer_call(listener, id, Int32(number))
        }
    }

    private static func name(of thread: UInt32, making id: UInt64, _ listener: Int32) -> ThreadName? {
        var bytes = [CChar](repeating: 0, count: 16)
        let count = unsafe sandbox_thread_name(thread, &bytes)
        guard count >= 0, sandbox_call_waits(listener, id) == 1 else { return nil }
        return ThreadName(bytes.prefix(Int(count)).map { UInt8(bitPattern: $0) })
    }

    /// What the kernel's log has of the program's user: each record is one call that was done.
    private mutating func readLog() {
        var bytes = [CChar](repeating: 0, count: 2_048)
        while true {
            let count = unsafe sandbox_next_record(log, &bytes, bytes.count)
            guard count > 0 else { return }
            let line = String(decoding: bytes.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
            // The kernel counts what it leaves out.
            if line.contains("callbacks suppressed"), line.contains("audit") { trace.noteLoss() }
            guard line.contains(" uid=\(user) "), line.contains("code=0x7ffc0000"), let call = RefusedSystemCall(line: line) else { continue }
            _ = trace.record(ObservedCall(architecture: call.architecture, number: call.number, arguments: nil)) {
                ThreadName(call.thread.utf8)
            }
        }
    }
}
