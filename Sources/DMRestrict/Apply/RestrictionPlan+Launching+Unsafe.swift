import CSandbox
import Glibc

// SAFETY: the child is a copy of a process with one thread, or has its memory while that process stands still: at no time do two run in
// it. It only runs code of ours up to its exec or its end, and what `Beginning` points to lives as long. Strings that are handed to
// exec are copies that live until then. Bytes that are read are bounded by their buffer.

extension RestrictionPlan {
    /// Starts the device model with these descriptors, by the numbers that it is to see. It runs under everything that the plan says,
    /// or it does not run at all. One that is held stands at the program's first instruction until it is let go, and dies when this
    /// process does. Where its calls are passed on, `attendant` is a socket of who hears them.
    ///
    /// The caller must have one thread only. Throws ``LaunchFailure``.
    public func launch(
        passing descriptors: PassedDescriptors, held isHeld: Bool = false, attendant: Int32? = nil
    ) throws(LaunchFailure) -> LaunchedProcess {
        let group = try makeControlGroup()
        var keepsGroup = false
        defer { if !keepsGroup { group?.remove() } }
        var report: [Int32] = [-1, -1]
        let piped = unsafe attendant == nil ? sandbox_pipe(&report) : sandbox_socket_pair(&report)
        guard piped == 0 else { throw LaunchFailure(step: "clone", call: "pipe2", number: -piped, object: "") }
        var process: Int32 = -1
        // The step that joins control groups has that namespace made afterwards, so that its root is where the process is then.
        let joins = steps.contains(where: \.entersControlGroup)
        let flags = joins ? namespaces.subtracting(.controlGroup) : namespaces
        let start = sandbox_time()
        let arrangement = DescriptorArrangement(passed: descriptors, report: report[1])
        let child: Int32
        if isHeld || attendant != nil || changesLabel {
            // The first two want this process while the child is on its way: one that is held may be stopped by a signal before it is
            // there. Nobody changes his label who shares memory with another (Linux, security/selinux/hooks.c: `selinux_setprocattr`).
            child = unsafe sandbox_clone(flags.rawValue, group?.unified ?? -1, &process)
            if child == 0 { become(arrangement, held: isHeld) }
        } else {
            var beginning = Beginning(plan: self, arrangement: arrangement)
            child = unsafe withUnsafeMutablePointer(to: &beginning) {
                unsafe sandbox_begin(flags.rawValue, group?.unified ?? -1, &process, Beginning.begin, $0)
            }
        }
        close(report[1])
        defer { close(report[0]) }
        guard child > 0 else {
            throw LaunchFailure(step: "clone", call: "clone3", number: -child, object: namespaces.names.joined(separator: " "))
        }
        let begun = attendant.map { Self.passOn(report[0], to: $0) } ?? []
        guard let failure = Self.readFailure(begun, report[0], steps) else {
            var launched = LaunchedProcess(number: child, descriptor: process, start: start)
            let result = isHeld ? sandbox_await_stop(child) : 0
            // One that has ended is waited for as any other.
            if result >= 0 {
                keepsGroup = true
                launched.group = group
                return launched
            }
            _ = sandbox_signal(process, SIGKILL)
            _ = launched.wait()
            throw LaunchFailure(step: "exec", call: "ptrace", number: -result, object: program)
        }
        _ = sandbox_signal(process, SIGKILL)
        _ = LaunchedProcess(number: child, descriptor: process, start: start).wait()
        throw failure
    }

    private var changesLabel: Bool { steps.contains { if case .executionLabel = $0 { true } else { false } } }

    /// What a child that has this process's memory begins with.
    private struct Beginning {
        let plan: RestrictionPlan
        let arrangement: DescriptorArrangement

        static let begin: @convention(c) (UnsafeMutableRawPointer?) -> Void = { pointer in
            guard let beginning = unsafe pointer?.assumingMemoryBound(to: Beginning.self) else { return }
            unsafe beginning.pointee.plan.become(beginning.pointee.arrangement, held: false)
        }
    }

    /// The child's side: it becomes the program or ends.
    private func become(_ arrangement: DescriptorArrangement, held isHeld: Bool) -> Never {
        var arrangement = arrangement
        if isHeld {
            let result = sandbox_ask_to_stop()
            if result < 0 { Self.tell(steps.count, StepFailure(call: "ptrace", number: -result, object: ""), arrangement.report) }
        }
        if changesLabel { arrangement.labels = sandbox_labels() }
        for (index, step) in steps.enumerated() {
            do throws(StepFailure) {
                try step.apply(&arrangement)
            } catch {
                Self.tell(index, error, arrangement.report)
            }
        }
        let words = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
        let variables = unsafe environment.sorted { $0.key < $1.key }.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
        let result = unsafe sandbox_execute(program, words, variables)
        Self.tell(steps.count, StepFailure(call: "execve", number: -result, object: program), arrangement.report)
    }

    /// The step's index and the error's number, the call's name and the object, each ended by a zero.
    private static func tell(_ index: Int, _ failure: StepFailure, _ descriptor: Int32) -> Never {
        let text = "\(index)\0\(failure.number)\0\(failure.call)\0\(failure.object.prefix(512))\0"
        let bytes = Array(text.utf8)
        unsafe _ = write(descriptor, bytes, bytes.count)
        sandbox_exit(125)
    }

    /// Passes on what the child's calls are heard by, before it makes more of them; what it says instead.
    private static func passOn(_ descriptor: Int32, to attendant: Int32) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        var listener: Int32 = -1
        let count = unsafe sandbox_receive_passed(descriptor, &bytes, bytes.count, &listener)
        guard listener >= 0 else { return count > 0 ? Array(bytes[..<count]) : [] }
        // Who does not get it does not answer: the child's calls fail then, since nobody else has it.
        unsafe _ = sandbox_send(attendant, bytes, 1, listener)
        close(listener)
        return []
    }

    /// What the child tells before it is the program; nil when it has become that.
    private static func readFailure(_ begun: [UInt8], _ descriptor: Int32, _ steps: [RestrictionStep]) -> LaunchFailure? {
        var bytes = begun
        var buffer = [UInt8](repeating: 0, count: 1_024)
        while bytes.count < 4_096 {
            let count = unsafe read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count < 0 { return LaunchFailure(step: "exec", call: "read", number: errno, object: "what it tells of its steps") }
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        guard !bytes.isEmpty else { return nil }
        let parts = bytes.split(separator: 0, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
        let index = parts.first.flatMap { Int($0) } ?? steps.count
        return LaunchFailure(
            step: index < steps.count ? steps[index].name : "exec", call: parts.count > 2 ? parts[2] : "",
            number: parts.count > 1 ? Int32(parts[1]) ?? 0 : 0, object: parts.count > 3 ? parts[3] : "")
    }
}
