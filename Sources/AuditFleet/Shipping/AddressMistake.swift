/// Why an address is none.
public struct AddressMistake: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, and what to write. Nothing secret is in it.
    public var message: String

    public init(_ message: String) { self.message = message }

    public var description: String { message }
}
