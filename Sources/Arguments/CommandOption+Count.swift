extension CommandOption {
    /// A value that says of how many things there is to be told at most; nil where it is 0, which means all of them in every tool. Throws
    /// ``UsageError`` for anything else.
    public func count(_ value: String) throws(UsageError) -> Int? {
        guard let number = Int(value), number >= 0 else {
            throw UsageError(message: "`--\(name ?? "")` is a number, 0 for all, not `\(value)`")
        }
        return number == 0 ? nil : number
    }
}
