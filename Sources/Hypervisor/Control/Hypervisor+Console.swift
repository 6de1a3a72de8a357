import Flask

extension Hypervisor {
    /// The `console_io` hypercall (Xen, xen/drivers/char/console.c: `do_console_io`). Nobody types anything.
    func consoleOperation(
        _ command: UInt32, count: UInt32, at address: UInt64, _ caller: Caller
    ) throws(XenErrorNumber) -> Int64 {
        guard Int32(bitPattern: count) >= 0 else { throw .invalidArgument }
        try hooks.console(command, caller)
        switch command {
        case 0:
            // A long text is taken in parts, so that nobody can have it all kept at once.
            var done: UInt32 = 0
            while done < count {
                let part = min(count - done, 4_096)
                guard let text = caller.memory.read(Int(part), at: address &+ UInt64(done)) else { throw .badAddress }
                console.append(text)
                done += part
            }
            return 0
        case 1: return 0
        default: throw .notImplemented
        }
    }
}
