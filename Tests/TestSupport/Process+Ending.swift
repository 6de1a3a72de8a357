public import Foundation

extension Process {
    /// Runs it to its end, and knows of that at once: `waitUntilExit` looks only now and then, a twentieth of a second apart.
    public func runToItsEnd() throws {
        let ended = DispatchSemaphore(value: 0)
        terminationHandler = { _ in ended.signal() }
        try run()
        ended.wait()
    }
}
