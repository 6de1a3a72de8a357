import CSandbox
import Glibc

// SAFETY: the kernel writes one number to the variable that it is passed, before the call returns.

extension LaunchedProcess {
    /// Has one that was held go on.
    public func letGo() { _ = sandbox_let_go(number) }

    /// Waits until it has ended, and gives its descriptor back: to be called once.
    public func wait() -> End {
        var status: Int32 = 0
        unsafe _ = sandbox_wait(number, &status)
        close(descriptor)
        let signal = status & 0x7f
        return signal == 0 ? .exited(status >> 8 & 0xff) : .killed(signal)
    }
}
