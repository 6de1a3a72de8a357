/// How a command ends; the same for all of them.
public enum ExitStatus: Int32, Sendable {
    case answered = 0
    /// Nothing was found, it is denied, the two differ, an assertion does not hold, …
    case otherOutcome = 1
    case notAnswered = 2
}
