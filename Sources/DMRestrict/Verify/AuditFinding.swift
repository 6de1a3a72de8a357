/// What one layer of a restriction is found to be.
public struct AuditFinding: Hashable, Sendable {
    /// The step that made it, by its name.
    public let layer: String
    public let isAsPlanned: Bool
    /// What it is, and where that is not as planned, what it was to be.
    public let found: String
    public let wanted: String

    public init(_ layer: String, found: String, wanted: String) {
        self.layer = layer
        self.found = found
        self.wanted = wanted
        isAsPlanned = found == wanted
    }

    init(_ layer: String, isAsPlanned: Bool, found: String, wanted: String) {
        self.layer = layer
        self.found = found
        self.wanted = wanted
        self.isAsPlanned = isAsPlanned
    }
}
