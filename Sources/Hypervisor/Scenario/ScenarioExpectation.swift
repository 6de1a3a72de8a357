/// What is to come of an operation.
public enum ScenarioExpectation: Hashable, Sendable {
    case allowed
    /// Denied by the policy; with a class and permissions, because of these and no others.
    case denied(objectClass: String?, permissions: [String])
    /// Refused by the hypervisor with an error: `EINVAL`.
    case fails(String)

    /// From the words behind the arrow; nil when they mean nothing.
    init?(_ words: [String]) {
        switch words.first {
        case "allowed" where words.count == 1: self = .allowed
        case "denied" where words.count != 2: self = .denied(objectClass: words.dropFirst().first, permissions: Array(words.dropFirst(2)))
        case "fails" where words.count == 2: self = .fails(words[1])
        default: return nil
        }
    }
}

extension ScenarioExpectation: CustomStringConvertible {
    public var description: String {
        switch self {
        case .allowed: "allowed"
        case .denied(let objectClass, let permissions):
            (["denied"] + [objectClass].compactMap { $0 } + permissions).joined(separator: " ")
        case .fails(let name): "fails \(name)"
        }
    }
}
