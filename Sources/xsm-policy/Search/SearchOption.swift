import Arguments
import PolicyAnalysis

/// An option of `xsm-policy search`.
enum SearchOption: CommandOption {
    case kind(StatementKind)
    case source, target, objectClass, permission, all, result, boolean, state, directSource, directTarget
    case count

    static var allCases: [SearchOption] {
        StatementKind.allCases.map(Self.kind)
            + [.source, .target, .objectClass, .permission, .all, .result, .boolean, .state, .directSource, .directTarget, .count]
    }

    var letter: Character? {
        switch self {
        case .kind(.allow): "A"
        case .kind(.typeTransition): "T"
        case .source: "s"
        case .target: "t"
        case .objectClass: "c"
        case .permission: "p"
        case .boolean: "b"
        default: nil
        }
    }

    var name: String? {
        switch self {
        case .kind(let kind): kind.rawValue
        case .source: "source"
        case .target: "target"
        case .objectClass: "class"
        case .permission: "permission"
        case .all: "all"
        case .result: "result"
        case .boolean: "boolean"
        case .state: "state"
        case .directSource: "direct-source"
        case .directTarget: "direct-target"
        case .count: "count"
        }
    }

    var value: String? {
        switch self {
        case .source, .target, .result: "NAME"
        case .objectClass, .permission, .boolean: "NAMES"
        case .state: SearchQuestion.State.allCases.map(\.rawValue).joined(separator: "|")
        default: nil
        }
    }

    var help: String {
        switch self {
        case .kind(.constrain): "look for `constrain` and `mlsconstrain` statements"
        case .kind(.validateTransition): "look for `validatetrans` and `mlsvalidatetrans`"
        case .kind(.initialSID): "look for contexts of initial SIDs, by `--target`"
        case .kind(.roleAllow): "look for allow rules of roles"
        case .kind(let kind): "look for `\(kind.rawValue)` statements"
        case .source: "the type, attribute or role that acts"
        case .target: "the one that is acted upon, or that stands in a context"
        case .objectClass: "one of these classes"
        case .permission: "one of these permissions"
        case .all: "all of the permissions, not one of them"
        case .result: "the type or role that a rule gives"
        case .boolean: "a condition with one of these booleans"
        case .state: "rules that are in force or not, or that have a condition or not"
        case .directSource: "the rule says the source itself, no attribute of it and no type of it"
        case .directTarget: "the same for the target"
        case .count: "how many there are, and nothing else"
        }
    }
}
