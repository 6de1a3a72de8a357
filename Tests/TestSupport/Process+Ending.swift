public import Foundation
import Glibc

extension Process {
    /// Ends it, whatever signals it has blocked: who is started from a thread of Dispatch's gets that thread's mask, under which `terminate` waits for ever.
    public func kill() {
        if isRunning { Glibc.kill(processIdentifier, SIGKILL) }
    }

    /// Runs it to its end, and knows of that at once: `waitUntilExit` looks only now and then, a twentieth of a second apart.
    public func runToItsEnd() throws {
        let ended = DispatchSemaphore(value: 0)
        terminationHandler = { _ in ended.signal() }
        try run()
        ended.wait()
    }
}
