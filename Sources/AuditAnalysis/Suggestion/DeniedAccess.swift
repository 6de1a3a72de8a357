import AuditLog
public import Flask

/// Something that a log says was denied: by contexts, whichever domains and hardware it was about.
public struct DeniedAccess: Hashable, Sendable {
    /// The contexts' texts. Names may be any bytes.
    public let source: [UInt8]
    public let target: [UInt8]
    public let objectClass: Name
    /// Sorted.
    public var permissions: [Name]
    /// The cells that it was read from, among those that were asked about.
    public var cells: [Cell]
    /// How many decisions were about any of the permissions.
    public var count: UInt64

    public struct Cell: Hashable, Sendable {
        public let place: Int
        let permissions: [Name]
        let count: UInt64
    }

    init(_ source: [UInt8], _ target: [UInt8], _ cell: DenialCell, at place: Int) {
        self.source = source
        self.target = target
        objectClass = cell.record.objectClass
        permissions = Set(cell.record.permissions).sorted()
        cells = [Cell(place: place, permissions: permissions, count: cell.count)]
        count = cell.count
    }

    mutating func add(_ cell: DenialCell, at place: Int) {
        permissions = Set(permissions).union(cell.record.permissions).sorted()
        cells.append(Cell(place: place, permissions: cell.record.permissions, count: cell.count))
        count = count.saturatingSum(cell.count)
    }

    /// With some of its permissions only, and the decisions that were about these.
    func keeping(_ permissions: [Name]) -> DeniedAccess {
        var access = self
        access.permissions = permissions.sorted()
        access.count = cells.reduce(0) { sum, cell in cell.permissions.contains { permissions.contains($0) } ? sum.saturatingSum(cell.count) : sum }
        return access
    }

    static func precedes(_ a: DeniedAccess, _ b: DeniedAccess) -> Bool {
        if a.count != b.count { return a.count > b.count }
        if a.source != b.source { return a.source.lexicographicallyPrecedes(b.source) }
        if a.target != b.target { return a.target.lexicographicallyPrecedes(b.target) }
        return a.objectClass < b.objectClass
    }
}
