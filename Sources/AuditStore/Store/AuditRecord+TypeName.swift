public import Flask

extension AuditRecord.Context {
    /// By what stores group contexts: the type of `user:role:type` and a level behind that; all of it when it has another form, and `sid N` of one that
    /// has no text.
    public var typeName: [UInt8] {
        switch self {
        case .identifier(let identifier): return Array("sid \(identifier.rawValue)".utf8)
        case .text(let text):
            let parts = text.split(separator: UInt8(ascii: ":"), maxSplits: 3, omittingEmptySubsequences: false)
            return parts.count > 2 ? Array(parts[2]) : text
        }
    }
}
