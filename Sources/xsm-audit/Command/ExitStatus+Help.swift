import Reports

extension ExitStatus {
    static let help = """
        The exit status is 0 when there is an answer, 1 when it is the other outcome that a
        command's help names, and 2 when the command line, a log or a policy is wrong.

        """
}
