import PolicyAnalysis

/// What a word of a command line can be, for the shell to complete.
enum WordKind {
    /// A file's name: the shell knows better.
    case file
    /// One of a few words.
    case choice([String])
    /// Names of a policy's.
    case names([InventoryKind])
    /// Permissions of a class; of all where it is not known.
    case permissions(ofClass: String?)
    /// A full context, of which those of the initial SIDs are known.
    case context
    /// Something of its own.
    case other
}
