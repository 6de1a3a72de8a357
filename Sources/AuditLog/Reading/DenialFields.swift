/// What stands where in a line that tells of a decision: places in its bytes and numbers, nothing that has to be allocated.
///
/// The places are those of the bytes that were given with it; they mean nothing in others.
public struct DenialFields: Sendable {
    /// A stretch of the line.
    public struct Stretch: Hashable, Sendable {
        public var start: Int32
        public var end: Int32

        public static let none = Stretch(start: -1, end: -1)
        public var isPresent: Bool { start >= 0 }
        public var range: Range<Int> { Int(start)..<Int(max(start, end)) }

        init(start: Int32, end: Int32) {
            self.start = start
            self.end = end
        }

        init(_ start: Int, _ end: Int) { self.init(start: Int32(truncatingIfNeeded: start), end: Int32(truncatingIfNeeded: end)) }
    }

    /// A context: its text, or the number of one that has none.
    public struct Context: Hashable, Sendable {
        public internal(set) var text: Stretch = .none
        public internal(set) var identifier: Int32 = 0
        public var isPresent: Bool { text.isPresent || isIdentifier }
        public internal(set) var isIdentifier = false
    }

    public internal(set) var isGranted = false
    /// Between the braces, without the blanks at both ends; empty for `null`.
    public internal(set) var permissions: Stretch = .none
    public internal(set) var source = Context()
    public internal(set) var target = Context()
    public internal(set) var objectClass: Stretch = .none
    /// Numbers of domains; negative when the line has none.
    public internal(set) var sourceDomain: Int32 = -1
    public internal(set) var targetDomain: Int32 = -1
    public internal(set) var currentDomain: Int32 = -1
    /// What of the hardware it was about: the stretch of the line that says so.
    public internal(set) var object: Stretch = .none
    /// From the first context to the end of the class: with the verdict and the permissions, all by which decisions are grouped.
    public internal(set) var key: Stretch = .none
    /// Whether domains are told of by `domid=` and bare numbers, as before Xen 4.17.
    public internal(set) var hasNumberedDomains = false
    /// Something in it is of no form that is known, and was left out.
    public internal(set) var hasUnknownWords = false
    /// When the line was printed.
    public internal(set) var time: LogTime = .unknown
    /// How many times a hypervisor started before it in this log.
    public internal(set) var boot = 0
    /// Which of the reader's hosts the transport names; negative when it names none.
    public internal(set) var host: Int32 = -1
    /// Which of the reader's boots the transport names; negative when it names none.
    public internal(set) var bootIdentity: Int32 = -1
    /// The number of the line, from 1.
    public internal(set) var line: UInt64 = 0
    /// It was put together from pieces.
    public internal(set) var isJoined = false

    /// The first of the contexts begins here.
    mutating func beginKey(_ place: Int) {
        if key.start < 0 { key.start = Int32(truncatingIfNeeded: place) }
    }
}
