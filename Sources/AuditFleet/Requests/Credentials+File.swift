internal import Files

extension Credentials {
    /// Reads them from a file that nobody else can read: `SecretFile`.
    public init(path: String) throws(CredentialsFailure) {
        let file: SecretFile
        do throws(SecretFile.Failure) {
            file = try SecretFile(path, limit: Self.sizeLimit)
        } catch {
            throw CredentialsFailure(path: error.path, detail: error.detail)
        }
        try self.init(text: file.bytes, path: path)
    }
}
