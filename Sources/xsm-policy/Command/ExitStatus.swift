/// How a command ends; the same for all of them.
enum ExitStatus: Int32 {
    case answered = 0
    /// Nothing was found, it is denied, the two differ, an assertion does not hold, …
    case otherOutcome = 1
    case notAnswered = 2

    static let help = """
        The exit status is 0 when there is an answer, or what was asked for holds; 1 when it is
        the other outcome: nothing found, denied, different, does not hold; and 2 when the command
        line, the input or a name in the question is wrong.

        """
}
