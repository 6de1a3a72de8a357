/// A line that speaks of decisions and was not taken for one.
public struct UnreadLine: Hashable, Sendable {
    public enum Reason: String, Hashable, Sendable, CaseIterable {
        /// It ends too early, and what follows does not complete it.
        case cut
        /// It has `avc:` and is of no form.
        case garbled
        /// It is longer than any that a hypervisor prints.
        case tooLong = "too-long"
        /// A guest printed it: the hypervisor put the guest's number before it.
        case guest
        /// It is of Linux, which has the same words for decisions of its own.
        case linux
    }

    public var reason: Reason
    /// Its first bytes.
    public var text: [UInt8]
    /// Its number in the log, from 1.
    public var line: UInt64

    /// How many bytes of it are kept.
    public static let keptBytes = 400

    public init(_ reason: Reason, _ text: [UInt8], line: UInt64) {
        self.reason = reason
        self.text = Array(text.prefix(Self.keptBytes))
        self.line = line
    }
}
