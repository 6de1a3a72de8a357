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

    public var description: String { "`\(path)`: \(reason)" }
}
