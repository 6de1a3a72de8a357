import CSandbox
import Glibc

// SAFETY: at most as many bytes are written as there is room for, and the count of them is given back.

extension RefusedSystemCall {
    /// Why it is not known which call it was.
    public enum Unknown: Error, Hashable, Sendable {
        /// The kernel's log may not be read, or there is none: the system's error number.
        case unreadable(Int32)
        /// The log can be read and does not have it.
        case lost
    }

    /// The last one of a process, where the kernel's log has it and may be read. The log keeps what it was told of another that had its
    /// number before, and is not told of everything.
    public init(of process: LaunchedProcess) throws(Unknown) {
        var line = [CChar](repeating: 0, count: 2_048)
        // The kernel writes its log behind the process's back, and soon.
        for attempt in 0..<10 {
            if attempt > 0 { usleep(5_000) }
            let count = unsafe sandbox_refusal(process.number, &line, line.count)
            guard count >= 0 else { throw .unreadable(Int32(clamping: -count)) }
            let found = RefusedSystemCall(line: String(decoding: line.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self))
            if let found, found.time >= process.start - Self.coarseness {
                self = found
                return
            }
        }
        throw .lost
    }

    /// By how much the log's time may lie behind, in milliseconds: a tick of the kernel's.
    private static let coarseness: Int64 = 20
}
