import Flask
public import PolicyCompiler

extension AnalysedPolicy {
    /// The policy as a text that compiles to one that decides the same. What the policy does not hold is not in it: neverallow rules,
    /// macros, comments, attributes of roles. Throws for what has no words in the language.
    public func decompiled(to language: PolicyLanguage) throws(DecompilationError) -> [UInt8] {
        // An image's policy is as libsepol would have read it, so that the text is that of `checkpolicy -b -F`, but
        // where that has a constraint say something else than what decides.
        var policy = form == .image ? policy.reread() : policy
        policy.dropMisleadingTypeSets()
        let names = initialSIDs().names.map(\.description)
        switch language {
        case .conf: return try PolicyConfPrinter.text(of: policy, layout: .checkpolicy3_6, initialSIDs: names)
        case .cil: return try CILPrinter.text(of: policy, initialSIDs: names)
        }
    }
}
