import Glibc

/// How far something has come that takes long, said on the standard error while somebody looks: on a terminal, once a second from the second
/// second on, in a line that goes away. Nobody else is told.
public struct ProgressLine {
    private let isShown = isatty(STDERR_FILENO) == 1 && Files.environment("TERM") != "dumb"
    private var told = time(nil)
    private var isThere = false

    public init() {}

    /// Says it, where a second has gone by since it was said.
    public mutating func say(_ text: @autoclosure () -> String) {
        guard isShown, time(nil) > told else { return }
        told = time(nil)
        isThere = true
        // To the line's beginning, and what was there is erased.
        tell("\r\u{1b}[K" + text(), STDERR_FILENO)
    }

    /// It is done: the line goes away.
    public mutating func end() {
        guard isThere else { return }
        isThere = false
        tell("\r\u{1b}[K", STDERR_FILENO)
    }
}
