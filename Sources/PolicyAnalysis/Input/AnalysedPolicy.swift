import Diagnostics
public import Flask
import PolicyCompiler

/// A policy that is asked, with what is known of where it came from. Nothing of it changes, so that whoever asks it shares it: a policy is some
/// forty arrays, and every copy of one would count a reference to each.
public final class AnalysedPolicy: Sendable {
    /// What it was read from.
    public enum Form: String, Hashable, Sendable {
        case image, text, tree
    }

    public let policy: Policy
    public let form: Form
    /// The release of Xen that was named, or for which a tree was built.
    public let release: XenRelease?
    /// Where statements were written; nil for an image.
    let origins: StatementOrigins?
    let map: SourceMap
    /// What the compiler had to say, if that was asked for.
    let diagnostics: [Diagnostic]

    /// A policy of which there is nothing but itself. Where a constraint's `Constraint/Term/typeSet` does not mean the types that decide, it
    /// is not believed, and the types are told one by one.
    public convenience init(_ policy: Policy, release: XenRelease? = nil) {
        var policy = policy
        policy.dropMisleadingTypeSets()
        self.init(policy, form: .image, release: release, origins: nil, map: SourceMap())
    }

    init(
        _ policy: Policy, form: Form, release: XenRelease?, origins: StatementOrigins?, map: SourceMap, diagnostics: [Diagnostic] = []
    ) {
        self.policy = policy
        self.form = form
        self.release = release
        self.origins = origins
        self.map = map
        self.diagnostics = diagnostics
    }

    /// The initial SIDs' names in the order of their numbers, and the release of Xen whose names they are: a source has them itself, an
    /// image only numbers, so that they are taken from the release that was named, or else that the policy fits.
    package func initialSIDs() -> (names: [Name], release: XenRelease?) {
        if let origins { return (origins.initialSIDs, release) }
        let known = InitialSIDNames(policy, release: release)
        return (known.names.map { Name($0) }, known.release)
    }
}
