public import Flask

/// Information goes from one type to another without any between.
public struct FlowStep: Sendable {
    public let source: Name
    public let target: Name
    /// The accesses that do it, any of which suffices.
    public let accesses: [FlowAccess]

    /// The most that one of them carries.
    public var weight: UInt8 { accesses.flatMap(\.permissions).map(\.weight).max() ?? 0 }
}
