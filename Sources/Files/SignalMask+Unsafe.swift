import Glibc

// SAFETY: the sets are local, and the calls write to them alone.

/// Does something that this thread is not to be interrupted in by whoever ends it gently: such signals wait until it is done.
func withoutSignals<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    var gentle = sigset_t()
    var before = sigset_t()
    unsafe sigemptyset(&gentle)
    for signal in [SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM] { unsafe sigaddset(&gentle, signal) }
    unsafe pthread_sigmask(SIG_BLOCK, &gentle, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    return try body()
}
