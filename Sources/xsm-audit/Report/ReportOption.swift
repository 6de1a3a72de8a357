import Arguments

enum ReportOption: CommandOption {
    case limit, full, granted

    var letter: Character? { self == .limit ? "n" : nil }

    var name: String? {
        switch self {
        case .limit: "limit"
        case .full: "contexts"
        case .granted: "granted"
        }
    }

    var value: String? { self == .limit ? "N" : nil }

    var help: String {
        switch self {
        case .limit: "the N groups that come most often; 0 for all (50 in text, else all)"
        case .full: "full contexts below each group"
        case .granted: "what was granted and told of, too"
        }
    }
}
