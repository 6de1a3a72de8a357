extension CommandOption {
    /// A value that is one of a few words. Throws ``UsageError``, which names them.
    public func choice<Choice: RawRepresentable<String> & CaseIterable>(_ value: String) throws(UsageError) -> Choice {
        guard let choice = Choice(rawValue: value) else {
            let known = Choice.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            throw UsageError(message: "`--\(name ?? "")` is one of \(known), not `\(value)`")
        }
        return choice
    }
}
