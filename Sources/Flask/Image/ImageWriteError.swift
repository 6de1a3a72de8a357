/// Why a policy cannot be written as an image of the version and target that it asks for.
public enum ImageWriteError: Error, Hashable, Sendable {
    /// The kernel of this target has no such version.
    case unsupportedVersion(UInt32, Policy.Target)
    /// Versions before 19 have no MLS.
    case noMLS(version: UInt32)
    /// Only SELinux has extended permissions, since version 30.
    case noExtendedPermissions(version: UInt32, Policy.Target)
    /// Only SELinux since version 34 has extended permissions under a condition.
    case noConditionalExtendedPermissions(version: UInt32)
    /// Images before version 20 have no attributes, and without them there are too many rules.
    case tooManyRules(limit: Int, version: UInt32)
    /// Version 24 keeps 32 bits of a page frame's number.
    case ioMemoryTooHigh(UInt64, version: UInt32)
}
