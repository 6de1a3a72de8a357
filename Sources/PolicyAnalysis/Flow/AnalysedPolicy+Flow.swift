extension AnalysedPolicy {
    /// The answer to one question about flows; for several of the same settings ``FlowAnalysis`` prepares once.
    public func flow(_ question: FlowQuestion, _ settings: FlowSettings = FlowSettings()) throws(QuestionMistake) -> FlowAnswer {
        var analysis = try FlowAnalysis(self, settings)
        return try analysis.answer(question)
    }
}
