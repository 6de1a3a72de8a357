import Flask
import PolicyCompiler

extension AnalysedPolicy {
    /// Whether this policy grants nothing that `other` does not, whatever the values of booleans.
    ///
    /// When it holds, then each access that this policy allows between contexts that are valid in it is allowed by `other`, where
    /// the contexts are valid too; no type is permissive only here, and no role may become another only here. Labels do not
    /// count: what new objects, initial SIDs and devices are called decides who somebody is, not what he may do. It fails closed:
    /// what cannot be shown is told as such.
    public func isSubset(of other: AnalysedPolicy) throws(QuestionMistake) -> SubsetAnswer {
        var proof = SubsetProof(of: self, in: other)
        try proof.run()
        return SubsetAnswer(counterexamples: proof.found)
    }
}
