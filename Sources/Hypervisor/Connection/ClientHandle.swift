import Flask

/// What a connection is for: each kind of handle that a client library opens has a connection of its own.
protocol ClientHandle: Sendable {
    /// Answers a message. Throws what the client's call fails with; `EPROTO` for what is not for this kind of handle.
    mutating func answer(_ request: Request) throws(XenErrorNumber) -> Reply

    /// Whether it can be restricted to one domain. Who is restricted has no other handles.
    var isRestrictable: Bool { get }

    /// How many descriptors are open for the client, besides its connection's.
    var descriptorCount: Int { get }

    /// Gives back what was held for the client, who is gone.
    mutating func close()
}

extension ClientHandle {
    var isRestrictable: Bool { false }
    var descriptorCount: Int { 0 }
    mutating func close() {}
}
