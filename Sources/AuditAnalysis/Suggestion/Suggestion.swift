public import Diagnostics
public import Flask

/// A change that allows some of what a log says was denied. It was tried: the source compiles with it, and from the policy that it makes the
/// accesses were decided again.
public struct Suggestion: Sendable {
    public enum Change: Hashable, Sendable {
        /// A call of an interface that the tree has, and the file that defines it.
        case call(name: String, arguments: [String], definition: String)
        /// Rules as they are written.
        case rules([String])
        /// Values of booleans: no rule is missing.
        case booleans([Boolean])
    }

    /// Lines of the source, and behind which line of a file they belong.
    public struct Lines: Hashable, Sendable {
        public let text: [String]
        public let file: String
        public let line: Int
    }

    /// A type that a transition gives to what is accessed, or to who accesses: nobody is started with it, and rules name it nevertheless.
    public struct MadeType: Hashable, Sendable {
        public let type: Name
        /// The transition's text.
        public let transition: [UInt8]
        public let place: SourceLocation?
    }

    public let change: Change
    /// Empty for booleans.
    public let lines: [Lines]
    /// What `patch -p1` takes in the tree's folder; nil for booleans.
    public let patch: [UInt8]?
    /// What of the log it allows, all of which was denied before.
    public let allows: [DeniedAccess]
    /// What else it allows.
    public let alsoAllows: [GrantedAccess]
    public let effects: SuggestionEffects
    public let madeTypes: [MadeType]
    /// The lines, by the names of the source's reader.
    let insertions: [SourceInsertion]
    /// Other changes for the same, in the order in which they are to be thought of.
    public internal(set) var alternatives: [Suggestion] = []

    /// How many decisions of the log it is about.
    public var count: UInt64 { allows.reduce(0) { $0.saturatingSum($1.count) } }
    /// How many permissions of one type over another it gives besides.
    public var alsoAllowsCount: Int { alsoAllows.reduce(0) { $0.saturatingSum($1.count) } }

    init(
        change: Change, lines: [Lines], patch: [UInt8]?, allows: [DeniedAccess], alsoAllows: [GrantedAccess], effects: SuggestionEffects,
        madeTypes: [MadeType], insertions: [SourceInsertion]
    ) {
        self.change = change
        self.lines = lines
        self.patch = patch
        self.allows = allows
        self.alsoAllows = alsoAllows
        self.effects = effects
        self.madeTypes = madeTypes
        self.insertions = insertions
    }

    /// Those about the most decisions first.
    func precedes(_ other: Suggestion) -> Bool {
        if count != other.count { return count > other.count }
        return text.lexicographicallyPrecedes(other.text)
    }

    /// What it says, in short: lines of the source, or `boolean=on`.
    public var text: [String] {
        if case .booleans(let settings) = change { return settings.map { "\($0.name)=\($0.value ? "on" : "off")" } }
        return lines.flatMap(\.text)
    }
}
