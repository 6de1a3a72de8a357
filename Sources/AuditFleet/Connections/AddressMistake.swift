/// Why an address is none to which anything can be sent.
public struct AddressMistake: Error, Hashable, Sendable, CustomStringConvertible {
    /// Without what may be secret in it.
    public var address: String
    /// What is wrong and what to write instead.
    public var detail: String

    public init(_ address: String, _ detail: String) {
        self.address = address
        self.detail = detail
    }

    public var description: String { "`\(address)`: \(detail)" }
}
