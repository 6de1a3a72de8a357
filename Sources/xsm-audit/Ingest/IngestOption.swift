import Arguments

/// An option of `xsm-audit ingest`.
enum IngestOption: CommandOption {
    case store, host

    var letter: Character? { nil }

    var name: String? {
        switch self {
        case .store: "store"
        case .host: "host"
        }
    }

    var value: String? {
        switch self {
        case .store: "FILE"
        case .host: "NAME"
        }
    }

    var help: String {
        switch self {
        case .store: "the database; it is made when it is not there"
        case .host: "the host whose logs these are, where their lines name none"
        }
    }
}
