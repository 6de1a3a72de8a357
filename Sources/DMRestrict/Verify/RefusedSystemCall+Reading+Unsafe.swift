import CSandbox
import Glibc

// SAFETY: at most as many bytes are written as there is room for, and the count of them is given back.

extension RefusedSystemCall {
    /// The last one of a process, where the kernel's log has it and may be read.
    public init?(of process: Int32) {
        var line = [CChar](repeating: 0, count: 2_048)
        var count: Int32 = 0
        // The kernel writes its log behind the process's back, and soon.
        for _ in 0..<10 where count == 0 {
            count = unsafe sandbox_refusal(process, &line, line.count)
            if count == 0 { usleep(5_000) }
        }
        guard count > 0 else { return nil }
        self.init(line: String(decoding: line.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
}
