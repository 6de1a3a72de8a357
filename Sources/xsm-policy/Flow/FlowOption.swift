import Arguments
import PolicyAnalysis

/// An option of `xsm-policy flow`.
enum FlowOption: String, CommandOption {
    case all, steps, limit, brief, forbid, exclude, set, weight, permissions, unknown
    case separateViews = "separate-views"
    case printPermissions = "print-permissions"

    var letter: Character? { self == .limit ? "n" : nil }
    var name: String? { rawValue }

    var value: String? {
        switch self {
        case .all, .brief, .separateViews: nil
        case .steps, .limit, .weight: "N"
        case .forbid: "FROM:TO"
        case .exclude: "TYPES"
        case .set: "BOOLEAN=on|off"
        case .permissions: "FILE"
        case .unknown: FlowSettings.Unknown.allCases.map(\.rawValue).joined(separator: "|")
        case .printPermissions: FlowPermissions.Standard.allCases.map(\.rawValue).joined(separator: "|")
        }
    }

    var valueIsOptional: Bool { self == .printPermissions }

    var help: String {
        switch self {
        case .all: "all paths, not only the shortest: one step more, or as many as `--steps` says"
        case .steps: "at most so many steps"
        case .limit: "tell N paths; 0 for all (10)"
        case .brief: "without the rules"
        case .forbid: "information must not go from here to there: 1 is the exit status if it can"
        case .exclude: "do not go through these types; an attribute stands for its types"
        case .set: "ask with this value of a boolean instead of the policy's"
        case .weight: "only permissions that weigh so much, from 1 to 10 (1)"
        case .permissions: "the table of permissions, instead of the one for the policy's classes"
        case .unknown: "what a permission does that is not in the table (both)"
        case .separateViews: "a domain, and what it is called by itself and its device model, are not one"
        case .printPermissions: "print the table of permissions, to be changed"
        }
    }
}
