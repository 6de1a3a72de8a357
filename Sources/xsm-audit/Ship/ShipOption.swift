import Arguments

/// An option of `xsm-audit ship`.
enum ShipOption: CommandOption {
    case store, to, credentials, create, follow, batch

    var letter: Character? { nil }

    var name: String? {
        switch self {
        case .store: "store"
        case .to: "to"
        case .credentials: "credentials"
        case .create: "create"
        case .follow: "follow"
        case .batch: "batch"
        }
    }

    var value: String? {
        switch self {
        case .store, .credentials: "FILE"
        case .to: "ADDRESS"
        case .create, .follow: nil
        case .batch: "COUNT"
        }
    }

    var help: String {
        switch self {
        case .store: "the database whose decisions are sent"
        case .to: "where they are sent"
        case .credentials: "the name and password, in a file that nobody else can read"
        case .create: "make the tables where they are not there"
        case .follow: "go on with what is ingested later, and try for ever"
        case .batch: "how many are sent at once (20000)"
        }
    }
}
