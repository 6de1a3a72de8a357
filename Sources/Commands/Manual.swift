/// What a command tells of itself beside its options: to `--help`, in its manual page.
public struct Manual: Sendable {
    /// What stands behind the command's name, a form each: `[OPTION…] POLICY`.
    public let synopsis: [String]
    /// Paragraphs with an empty line between them. One whose lines begin with a space stays as it is.
    public let about: String
    /// What somebody wants, and the command line that does it.
    public let examples: [(purpose: String, command: String)]
    /// What it exits with beside what its tool's manual says; the sentence behind the number.
    public let statuses: [(status: String, meaning: String)]
    /// Files and variables of the environment that it looks at.
    public let files: [(name: String, meaning: String)]

    public init(
        _ synopsis: String..., about: String, examples: KeyValuePairs<String, String>, statuses: KeyValuePairs<String, String>,
        files: KeyValuePairs<String, String> = [:]
    ) {
        self.synopsis = synopsis
        self.about = about
        self.examples = examples.map { ($0.key, $0.value) }
        self.statuses = statuses.map { ($0.key, $0.value) }
        self.files = files.map { ($0.key, $0.value) }
    }
}
