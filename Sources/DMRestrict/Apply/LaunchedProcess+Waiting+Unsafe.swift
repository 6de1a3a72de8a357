import CSandbox
import Glibc

// SAFETY: the kernel writes one number to the variable that it is passed, before the call returns.

extension LaunchedProcess {
    /// Has one that was held go on. False when it does not.
    public func letGo() -> Bool { sandbox_let_go(number) == 0 }

    /// Waits until it has ended, and gives its descriptor back: to be called once. One that cannot be waited for is ended.
    public func wait() -> End {
        var status: Int32 = 0
        let result = unsafe sandbox_wait(number, &status)
        if result < 0 { _ = sandbox_signal(descriptor, SIGKILL) }
        close(descriptor)
        group?.remove()
        guard result >= 0 else { return .lost(-result) }
        let signal = status & 0x7f
        return signal == 0 ? .exited(status >> 8 & 0xff) : .killed(signal)
    }
}
