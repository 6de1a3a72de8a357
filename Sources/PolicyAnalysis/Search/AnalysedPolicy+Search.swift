extension AnalysedPolicy {
    /// The statements that meet a question's criteria, in the policy's order.
    public func search(_ question: SearchQuestion) throws(QuestionMistake) -> [FoundStatement] {
        var search = try PolicySearch(question, in: policy)
        search.run()
        return search.found
    }

    /// The same with what is to be told of each, in an order that depends on nothing but what is told.
    public func answer(_ question: SearchQuestion) throws(QuestionMistake) -> SearchAnswer {
        var search = try PolicySearch(question, in: policy)
        search.run()
        return try SearchAnswer(search.found, of: self, permissions: search.permissions)
    }
}
