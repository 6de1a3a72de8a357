import Arguments

/// An option about a store that is asked in place of logs.
enum StoreOption: CaseIterable {
    case store, credentials, host, from, to

    var name: String {
        switch self {
        case .store: "store"
        case .credentials: "credentials"
        case .host: "host"
        case .from: "from"
        case .to: "to"
        }
    }

    var value: String {
        switch self {
        case .store: "STORE"
        case .credentials, .host: self == .host ? "NAME" : "FILE"
        case .from, .to: "TIME"
        }
    }

    var help: String {
        switch self {
        case .store: "in place of logs what a database keeps: a file, or `clickhouse://HOST:8123/DATABASE`"
        case .credentials: "a file with name and password for such a server"
        case .host: "of a store only what this host wrote"
        case .from: "of a store only from this time on: `2026-11-20` or `2026-11-20T18:15`, UTC"
        case .to: "of a store only to the end of this day or minute"
        }
    }
}
