import Arguments

/// An option of `xsm-audit ingest`.
enum IngestOption: CommandOption {
    case store, host, follow

    var letter: Character? { nil }

    var name: String? {
        switch self {
        case .store: "store"
        case .host: "host"
        case .follow: "follow"
        }
    }

    var value: String? {
        switch self {
        case .store: "FILE"
        case .host: "NAME"
        case .follow: nil
        }
    }

    var help: String {
        switch self {
        case .store: "the database; it is made when it is not there"
        case .host: "the host whose logs these are, where their lines name none"
        case .follow: "go on as the logs grow, are cut or replaced, until it is told to end (Ctrl-C)"
        }
    }
}
