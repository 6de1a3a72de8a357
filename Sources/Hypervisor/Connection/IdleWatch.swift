/// Whether a daemon has still something to do: keepers of domains, or domains.
struct IdleWatch: Sendable {
    private var keepers = 0
    /// What is done when there is nothing more to do; nil where that is not asked for, or was done.
    private var body: (@Sendable () -> Void)?
    private var isOver = false

    mutating func begin(_ body: @escaping @Sendable () -> Void) { self.body = body }

    /// False when it is too late: the daemon ends.
    mutating func countIn() -> Bool {
        guard !isOver else { return false }
        keepers += 1
        return true
    }

    mutating func countOut() { keepers -= 1 }

    /// What is to be done now, once: from then on nobody is counted in.
    mutating func take(whenIdle hasDomains: () -> Bool) -> (@Sendable () -> Void)? {
        guard let body, keepers == 0, !hasDomains() else { return nil }
        self.body = nil
        isOver = true
        return body
    }
}
