/// What a word of a command line can be, for a shell to complete.
public enum WordKind {
    /// A file's name: the shell knows better.
    case file
    /// One of a few words.
    case choice([String])
    /// Names, several with commas between them, that are in one of the files that the command line names: these are its other words, in
    /// the order in which they are looked into.
    case names(@Sendable (_ words: [String]) -> [String])
    /// Something of its own.
    case other
}
