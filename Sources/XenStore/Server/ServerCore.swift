import Synchronization
import Threading

/// What the server's thread and its callers share.
final class ServerCore: Sendable {
    private let poller: Poller
    private let state: Lock<ServerState>

    init(_ saved: SavedStore, _ quotas: XenStoreQuotas) throws(XenStoreServerError) {
        let poller = try Poller()
        self.poller = poller
        state = Lock(ServerState(StoreEngine(saved, quotas: quotas), poller))
    }

    deinit {
        poller.close()
    }

    /// Does something with the store; what is to be sent then, the server's thread sends.
    func use<Result: Sendable, Failure: Error>(
        _ body: (ServerState) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let (result, mustWake) = try state.withLock { state throws(Failure) in
            let result = try body(state)
            return (result, !state.engine.waiting.isEmpty)
        }
        if mustWake { poller.wake() }
        return result
    }

    /// Has the thread end.
    func stop() {
        state.withLock { $0.isStopped = true }
        poller.wake()
    }

    /// Serves clients until ``stop()``. The lock is given back after each client's turn.
    func run() {
        var timeout: Int32 = -1
        while true {
            for event in poller.wait(milliseconds: timeout) {
                if event.tag == Poller.wakeUpTag {
                    poller.acknowledgeWakeUp()
                } else {
                    state.withLock { $0.handle(event) }
                }
            }
            for tag in state.withLock({ $0.takeBusyPeers() }) { state.withLock { $0.takeTurn(of: tag) } }
            let next: Int32? = state.withLock { state in
                state.flushWaiting()
                if state.isStopped { return nil }
                if state.hasBusyPeers { return 0 }
                if state.isShortOfDescriptors {
                    // Somebody else in the process may have given one back.
                    if timeout > 0 { state.resumeListeners() }
                    return 100
                }
                return -1
            }
            guard let next else { break }
            timeout = next
        }
        state.withLock { $0.closeAll() }
    }
}
