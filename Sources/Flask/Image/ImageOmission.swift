/// Something that an image of the version asked for cannot hold, and that was left out.
public enum ImageOmission: Hashable, Sendable {
    case permissiveTypes(version: UInt32)
    case neverauditTypes(version: UInt32)
    case conditionalRules(version: UInt32)
    /// Versions before 26 have role transitions of class process only.
    case roleTransitions(version: UInt32, count: Int)
    /// Versions before 21 have range transitions of class process only.
    case rangeTransitions(version: UInt32, count: Int)
    case filenameTransitions(version: UInt32, count: Int)
    /// The default range `glblub` needs version 32.
    case greatestLowerLeastUpperRange(objectClass: Name, version: UInt32)
}
