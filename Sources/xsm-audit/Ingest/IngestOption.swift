import Arguments

/// An option of `xsm-audit ingest`.
enum IngestOption: CommandOption {
    case store, host, follow, quiet

    var letter: Character? { self == .quiet ? "q" : nil }

    var name: String? {
        switch self {
        case .store: "store"
        case .host: "host"
        case .follow: "follow"
        case .quiet: "quiet"
        }
    }

    var value: String? {
        switch self {
        case .store: "FILE"
        case .host: "NAME"
        case .follow, .quiet: nil
        }
    }

    var help: String {
        switch self {
        case .store: "the database; it is made when it is not there"
        case .host: "the host whose logs these are, where their lines name none"
        case .quiet: "as text, tell nothing of logs that were read whole"
        case .follow: "go on as the logs grow, are cut or replaced, until it is told to end (Ctrl-C)"
        }
    }
}
