import Reports

extension ExitStatus {
    static let help = """
        The exit status is 0 when there is an answer, or what was asked for holds; 1 when it is
        the other outcome: nothing found, denied, different, does not hold; and 2 when the command
        line, the input or a name in the question is wrong.

        """
}
