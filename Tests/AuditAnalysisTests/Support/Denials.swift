import AuditLog

/// What a log's lines tell, counted as the tool does.
enum Denials {
    static func cells(_ lines: [String]) -> [DenialCell] { cells(Array(lines.map { $0 + "\n" }.joined().utf8)) }

    static func cells(_ log: [UInt8]) -> [DenialCell] {
        var tally = DenialTally()
        var reader = LogReader()
        reader.read(log.span, into: &tally)
        reader.finish(into: &tally)
        return tally.all
    }

    /// A line of Xen 4.17; types get the user and the role that most policies have.
    static func line(_ source: String, _ target: String, _ objectClass: String, _ permissions: String...) -> String {
        func context(_ text: String) -> String { text.contains(":") ? text : "system_u:system_r:\(text)" }
        return "(XEN) avc:  denied  { \(permissions.joined(separator: " ")) } for domid=0 target=1 "
            + "scontext=\(context(source)) tcontext=\(context(target)) tclass=\(objectClass)"
    }
}
