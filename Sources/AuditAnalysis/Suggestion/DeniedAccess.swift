public import Flask

/// Something that a log says was denied: by contexts, whichever domains and hardware it was about.
public struct DeniedAccess: Hashable, Sendable {
    /// The contexts' texts. Names may be any bytes.
    public let source: [UInt8]
    public let target: [UInt8]
    public let objectClass: Name
    /// Sorted.
    public var permissions: [Name]
    /// The places of its cells among those that were asked about.
    public var cells: [Int]
    /// How many decisions they counted.
    public var count: UInt64

    /// With some of its permissions only.
    func keeping(_ permissions: [Name]) -> DeniedAccess {
        var access = self
        access.permissions = permissions.sorted()
        return access
    }

    static func precedes(_ a: DeniedAccess, _ b: DeniedAccess) -> Bool {
        if a.count != b.count { return a.count > b.count }
        if a.source != b.source { return a.source.lexicographicallyPrecedes(b.source) }
        if a.target != b.target { return a.target.lexicographicallyPrecedes(b.target) }
        return a.objectClass < b.objectClass
    }
}
