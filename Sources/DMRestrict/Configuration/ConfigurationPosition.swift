/// A place in a configuration's text: line and column from 1, columns in bytes.
public struct ConfigurationPosition: Hashable, Sendable {
    public let line: Int
    public let column: Int
}
