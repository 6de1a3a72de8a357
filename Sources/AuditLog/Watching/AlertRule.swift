/// What somebody wants to be told of at once.
public enum AlertRule: Hashable, Sendable {
    /// The first decision of a group: types that were never seen with that class.
    case new
    /// So many decisions of one group within so many seconds.
    case rate(count: Int, seconds: Int)
    /// Any decision over a class, granted or denied; with permissions only those that have one of them.
    case access(objectClass: String, permissions: [String])
    /// Flask's words of this kind.
    case notice(FlaskNotice.Kind)

    /// A rule as it is written: `new`, `rate=100/60`, `access=security`, `access=security:load_policy,setenforce`, `notice=refusal`; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        switch (parts.first, parts.count == 2 ? parts[1] : nil) {
        case ("new", nil): self = .new
        case ("rate", let value?):
            let numbers = value.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
            guard numbers.count == 2, let count = numbers[0], let seconds = numbers[1], (1...1_000_000_000).contains(count), (1...86_400).contains(seconds)
            else { return nil }
            self = .rate(count: count, seconds: seconds)
        case ("access", let value?):
            let words = value.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let permissions = words.count == 2 ? words[1].split(separator: ",", omittingEmptySubsequences: false).map(String.init) : []
            guard !words[0].isEmpty, !permissions.contains("") else { return nil }
            self = .access(objectClass: String(words[0]), permissions: permissions)
        case ("notice", let value?):
            guard let kind = FlaskNotice.Kind(rawValue: String(value)) else { return nil }
            self = .notice(kind)
        default: return nil
        }
    }

    /// What is watched for when nobody says: what was never seen, what changes who decides, and what makes a policy useless.
    public static let standard: [AlertRule] = [
        .new, .rate(count: 100, seconds: 10), .access(objectClass: "security", permissions: ["load_policy", "setenforce", "setbool", "setsecparam"]),
        .notice(.refusal), .notice(.panic),
    ]
}

extension AlertRule: CustomStringConvertible {
    public var description: String {
        switch self {
        case .new: "new"
        case .rate(let count, let seconds): "rate=\(count)/\(seconds)"
        case .access(let objectClass, let permissions):
            "access=" + objectClass + (permissions.isEmpty ? "" : ":" + permissions.joined(separator: ","))
        case .notice(let kind): "notice=\(kind.rawValue)"
        }
    }
}
