public import Diagnostics

extension AnalysedPolicy {
    /// What comes of the assertions of a file. Names that the policy does not have, and what else is wrong with an assertion, is appended
    /// to the diagnostics: then there is no answer. Throws for a policy from which nothing can be decided.
    ///
    /// For no assertion are there more than `steps` steps through the members of attributes, and for no flow more than `decisions`
    /// decisions about contexts, with all values of booleans together: what needs more steps is refused, and a flow that would need more
    /// decisions is taken for possible and says so.
    public func check(
        _ file: AssertionFile, diagnostics: inout [Diagnostic], steps: Int = 1 << 26, decisions: Int = 4_000_000
    ) throws(QuestionMistake) -> [TestResult] {
        var checker = try AssertionChecker(self, steps: steps, decisions: decisions)
        let results = checker.check(file)
        diagnostics += checker.resolver.diagnostics
        return results
    }
}
