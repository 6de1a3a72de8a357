public import Flask

extension AnalysedPolicy {
    /// What the policy says to a question of access, and why: the rules that give each permission, or each thing that stands against it.
    ///
    /// What is allowed is what `LoadedPolicy` decides, as Xen does; everything else is found again in the policy's statements. Who asks more
    /// than once has it loaded before, by ``loaded()``.
    public func explanation(of question: AccessQuestion, by loaded: LoadedPolicy? = nil) throws(QuestionMistake) -> AccessExplanation {
        let loaded = if let loaded { loaded } else { try self.loaded() }
        guard let loaded = loaded.setting(question.booleans) else { throw .undecidable(reason: "its booleans are others") }
        return try AccessExplainer(self, loaded, question).explanation()
    }
}
