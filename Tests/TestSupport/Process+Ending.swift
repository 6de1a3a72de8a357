public import Foundation
import Glibc

extension Process {
    /// Ends it, whatever signals it has blocked: who is started from a thread of Dispatch's gets that thread's mask, under which `terminate` waits for ever.
    public func kill() {
        if isRunning { Glibc.kill(processIdentifier, SIGKILL) }
    }

    /// Waits while very many descriptors are open. Foundation's `run` goes through a list of them, and reads beyond the end of what it has of that
    /// list where it is longer than 32 KiB, about 1,360 descriptors: what lies behind is another's, or nobody's, and then all tests end.
    public static func awaitFewDescriptors() {
        for _ in 0..<1_500 {
            guard (0..<4_096 as Range<Int32>).count(where: { fcntl($0, F_GETFD) >= 0 }) > 1_200 else { return }
            usleep(20_000)
        }
    }

    /// Runs it to its end, and knows of that at once: `waitUntilExit` looks only now and then, a twentieth of a second apart.
    public func runToItsEnd() throws {
        let ended = DispatchSemaphore(value: 0)
        terminationHandler = { _ in ended.signal() }
        Self.awaitFewDescriptors()
        try run()
        ended.wait()
    }
}
