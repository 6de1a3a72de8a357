public import Flask

/// What a change does to where information can go, and to what the policy's author promised.
public struct SuggestionEffects: Hashable, Sendable {
    /// An assertion that holds without the change and fails with it.
    public struct BrokenAssertion: Hashable, Sendable {
        /// The test's name, and the assertion as it is written.
        public let test: String
        public let assertion: String
        public let isFlow: Bool
        /// The first of what is not as it says.
        public let failure: String
    }

    /// Information goes from one type to another without any between, as it did not.
    public struct Flow: Hashable, Sendable {
        public let source: Name
        public let target: Name
        /// Whether it could go there through others.
        public let wasIndirect: Bool
    }

    public var broken: [BrokenAssertion] = []
    /// Looked for where no assertions say which flows are forbidden.
    public var flows: [Flow] = []
    /// Whether there was too much to look at all of it.
    public var isCut = false

    public init() {}

    public var breaksNothing: Bool { broken.isEmpty }
}
