/// A descriptor that the device model has.
public struct KeptDescriptor: Hashable, Sendable {
    /// Its number there.
    public let number: Int32
    /// What it is, for whoever reads the plan.
    public let purpose: String
    /// What `/proc/PID/fd/N` links to at the start, where that is known, and what it may have a copy of ever after: a path, or `socket:`, `pipe:` with anything behind it.
    public var link: String?

    public init(_ number: Int32, _ purpose: String, link: String? = nil) {
        self.number = number
        self.purpose = purpose
        self.link = link
    }
}
