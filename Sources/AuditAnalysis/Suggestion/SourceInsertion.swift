/// Lines that are put into a file.
struct SourceInsertion: Hashable, Sendable {
    /// As the source's reader is asked for it.
    let file: String
    /// How many of the file's lines stand before.
    let line: Int
    /// Without line ends.
    let text: [String]
}
