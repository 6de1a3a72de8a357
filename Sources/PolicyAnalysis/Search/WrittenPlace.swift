package import Diagnostics

/// Where an author's statement begins, for those who write beside it: of one that macros made, the outermost call.
package struct WrittenPlace: Hashable, Sendable {
    /// As it is told to people: a line marker decides it.
    package let location: SourceLocation
    /// The file that was read, and the byte there.
    package let file: String
    package let offset: Int
}
