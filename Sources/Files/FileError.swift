/// What went wrong with a file.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    public let path: String
    /// The system's error number.
    public let number: Int32

    public init(path: String, number: Int32) {
        self.path = path
        self.number = number
    }

    /// The system's words, in lower case.
    public var reason: String { systemMessage(number).lowercased() }

    /// That a file cannot be read, to the user; the one wording of all tools.
    public var whyUnread: String { isMissing ? "`\(path)` does not exist" : "`\(path)` cannot be read: \(reason)" }

    /// Whether there is no file of the name.
    public var isMissing: Bool { number == Self.missing }

    /// That there is no file of a name.
    public init(missing path: String) { self.init(path: path, number: Self.missing) }

    /// `ENOENT`.
    private static let missing: Int32 = 2

    public var description: String { "`\(path)`: \(reason)" }
}
