import CLinux

/// A process that runs, told from another of the same number by when it was started.
struct RunningProcess: Hashable, Sendable {
    let number: Int32
    /// In ticks since the machine was started.
    private let start: UInt64

    /// Nil when there is no such process, or none that can be seen from here.
    init?(_ number: Int32) {
        guard number > 0 else { return nil }
        let start = linux_process_start(number)
        guard start > 0 else { return nil }
        self.number = number
        self.start = UInt64(start)
    }
}
