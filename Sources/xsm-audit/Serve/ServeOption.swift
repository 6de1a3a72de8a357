import Arguments

/// An option of `xsm-audit serve`.
enum ServeOption: CommandOption {
    case store, credentials, listen, token, host, refresh, assertions
    case policy(PolicyOption)

    static var allCases: [ServeOption] { [.store, .credentials, .listen, .token, .host, .refresh] + PolicyOption.allCases.map { .policy($0) } + [.assertions] }

    var letter: Character? { if case .policy(let option) = self { option.letter } else { nil } }

    var name: String? {
        switch self {
        case .store: "store"
        case .credentials: "credentials"
        case .listen: "listen"
        case .token: "token"
        case .host: "host"
        case .refresh: "refresh"
        case .assertions: "assertions"
        case .policy(let option): option.name
        }
    }

    var value: String? {
        switch self {
        case .store: "STORE"
        case .credentials: "FILE"
        case .listen: "ADDRESS"
        case .token: "FILE"
        case .host: "NAME"
        case .refresh: "SECONDS"
        case .assertions: "FILE"
        case .policy(let option): option.value
        }
    }

    var help: String {
        switch self {
        case .store: "the database that is shown: a file, or `clickhouse://HOST:8123/DATABASE`"
        case .credentials: "a file of who asks such a server"
        case .listen: "where to listen, by numbers: a port, or an address and a port (127.0.0.1:8642)"
        case .token: "a file with what whoever wants to see pages must know; only so is it served to other machines"
        case .host: "the host whose logs LOG are, where their lines name none"
        case .refresh: "how often a live page is loaded anew (5)"
        case .assertions: "what no suggestion may break (the file `assertions` of a tree)"
        case .policy(let option): option.help
        }
    }
}
