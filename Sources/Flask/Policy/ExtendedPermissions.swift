/// 256 numbers of an ioctl driver or of a netlink message family that a rule is about (SELinux only).
public struct ExtendedPermissions: Hashable, Sendable {
    public enum Kind: UInt8, Hashable, Sendable {
        case ioctlFunction = 1
        case ioctlDriver = 2
        case netlinkMessage = 3
    }

    public var kind: Kind
    public var driver: UInt8
    /// Eight words, number n at bit n % 32 of word n / 32.
    public var words: [UInt32]

    public init(kind: Kind, driver: UInt8, words: [UInt32]) {
        self.kind = kind
        self.driver = driver
        self.words = words
    }
}
