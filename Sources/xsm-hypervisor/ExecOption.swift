import Arguments

/// An option of `xsm-hypervisor exec`.
enum ExecOption: CommandOption {
    case directory, domain, shim, help

    var letter: Character? {
        switch self {
        case .directory: "d"
        case .help: "h"
        case .domain, .shim: nil
        }
    }

    var name: String? {
        switch self {
        case .directory: "directory"
        case .domain: "domain"
        case .shim: "shim"
        case .help: "help"
        }
    }

    var value: String? {
        switch self {
        case .directory, .shim: "DIR"
        case .domain: "N"
        case .help: nil
        }
    }

    var help: String {
        switch self {
        case .directory: "where the hypervisor's sockets are (/run/xsm-hypervisor)"
        case .domain: "run the program as this domain (0)"
        case .shim: "where the client libraries are (beside this program)"
        case .help: "print this"
        }
    }
}
