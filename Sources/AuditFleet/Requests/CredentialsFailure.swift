/// Why a file of credentials is not used.
public struct CredentialsFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public var path: String
    /// What is wrong and what to do about it. Nothing of the file's is in it.
    public var detail: String

    public init(path: String, detail: String) {
        self.path = path
        self.detail = detail
    }

    public var description: String { "`\(path)`: \(detail)" }
}
