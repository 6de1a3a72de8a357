/// A class's number and a permission's bit, as a release has them.
public struct PermissionBits: Hashable, Sendable {
    public let objectClass: UInt16
    public let permission: UInt32

    /// Nil when the release does not have the permission, and so never asks for it.
    public init?(_ objectClass: String, _ permission: String, in vocabulary: Vocabulary) {
        guard let (number, entry) = vocabulary.objectClass(named: objectClass),
            let bit = entry.permissions.firstIndex(of: permission), bit < 32
        else { return nil }
        self.objectClass = UInt16(truncatingIfNeeded: number)
        self.permission = 1 << UInt32(bit)
    }
}
