/// Why a server cannot serve.
public struct PageServerFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public let what: String
    /// The system's error number.
    public let number: Int32

    /// - Parameter what: what it is about.
    /// - Parameter number: the system's error number.
    public init(_ what: String, _ number: Int32) {
        self.what = what
        self.number = number
    }

    public var description: String { "\(what): \(Socket.message(number))" }
}
