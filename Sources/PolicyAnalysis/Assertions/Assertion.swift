public import Diagnostics

/// A line of an assertion file: what a policy must allow, must not allow, or must make of something.
public struct Assertion: Sendable {
    /// The word with which it begins.
    public enum Verb: String, Sendable, CaseIterable {
        case allow, deny, transition
        case noFlow = "no flow"
    }

    public let verb: Verb
    /// As it is written, on one line.
    public let text: String
    public let span: Span
    let source: AssertionNames
    let target: AssertionNames
    /// Empty for a flow.
    let classes: AssertionNames
    /// Of an `allow` or `deny`.
    var permissions: AssertionNames?
    /// Of a `deny`: who may. Of a flow: what information may go through.
    var exceptions: AssertionNames?
    /// Of a `transition`.
    var result: AssertionNames.Item?
    var booleans = AssertedBooleans()
}
