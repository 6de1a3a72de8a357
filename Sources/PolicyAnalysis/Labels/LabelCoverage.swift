public import Flask

/// Which devices a policy labels, and what is wrong with how it does.
public struct LabelCoverage: Sendable {
    /// A statement about devices.
    public struct Entry: Sendable {
        /// What it labels; nil for a range that ends before it begins, which holds nothing.
        public let device: Device?
        public let statement: SearchAnswer.Entry
    }

    public struct Mistake: Sendable {
        public enum Kind: Hashable, Sendable {
            /// Both are about the same devices altogether.
            case duplicate
            case overlap
            /// It ends before it begins.
            case empty
            /// Xen keeps sixteen bits of an interrupt's number: it is about this one.
            case interruptTooHigh(UInt32)
            /// Frames that the policy's version cannot hold.
            case frameTooHigh(version: UInt32)
            /// There are no such ports, or frames, on any machine.
            case outOfRange
        }

        public let kind: Kind
        /// The statement that has devices for nothing.
        public let statement: SearchAnswer.Entry
        /// The statement that Xen finds first.
        public let winner: SearchAnswer.Entry?
        /// The devices that they share, in the words of a statement; nil where it is all of them.
        public let shared: String?
        /// Whether both give the same context, so that it does not matter.
        public let isHarmless: Bool
    }

    /// As which release of Xen devices are searched.
    public let release: XenRelease
    /// By kind, and by what they label.
    public let entries: [Entry]
    public let mistakes: [Mistake]
    /// Whether there are more mistakes than are listed.
    public let hasMoreMistakes: Bool
}
