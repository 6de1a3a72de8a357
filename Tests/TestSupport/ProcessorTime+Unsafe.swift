import Foundation

/// The time that this thread has spent computing: what else runs on the machine does not count.
public func processorTime() -> Duration {
    var time = timespec()
    // SAFETY: the call writes one `timespec`, which is ours.
    guard unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0 else { return .zero }
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}
