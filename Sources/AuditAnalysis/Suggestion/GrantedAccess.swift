public import Flask

/// What a change allows that nobody asked for: each source may do all of it to each target.
public struct GrantedAccess: Hashable, Sendable {
    public let sources: [Name]
    public let targets: [Name]
    /// Attributes that have exactly these types, where there are several.
    public let sourceAttribute: Name?
    public let targetAttribute: Name?
    public let objectClass: Name
    public let permissions: [Name]
    /// The booleans' expression under which it is allowed; nil for always.
    public let condition: String?

    /// How many permissions of one type over another it is.
    public var count: Int {
        let (pairs, overflow) = sources.count.multipliedReportingOverflow(by: targets.count)
        let (all, more) = pairs.multipliedReportingOverflow(by: permissions.count)
        return overflow || more ? .max : all
    }
}
