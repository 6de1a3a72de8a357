/// What can be done about what a log says was denied.
public struct SuggestionReport: Sendable {
    /// All suggestions that break no assertion, in one.
    public struct Patch: Sendable {
        /// What `patch -p1` takes in the tree's folder.
        public let bytes: [UInt8]
        /// Which suggestions are in it, by place.
        public let suggestions: [Int]
        /// What is still denied of what they should allow: nothing, unless they get in each other's way.
        public let stillDenied: [DeniedAccess]
        /// What they do together.
        public let effects: SuggestionEffects
    }

    /// Those about the most decisions first.
    public var suggestions: [Suggestion] = []
    public var withoutSuggestion: [UnsuggestedAccess] = []
    /// What the policy allows as it is: the log is of another one, or of other values of booleans.
    public var allowed: [DeniedAccess] = []
    /// Cells that tell of what was granted.
    public var grantedCells = 0
    /// Nil where nothing is to be written.
    public var patch: Patch?
    /// What was not looked at, for messages.
    public var omissions: [String] = []

    public init() {}
}
