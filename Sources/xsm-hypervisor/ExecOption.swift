import Arguments

/// An option of `xsm-hypervisor exec`.
enum ExecOption: CommandOption {
    case directory, domain, ownServers, deviceModelOperations, restrict, user, shim, help

    var letter: Character? {
        switch self {
        case .directory: "d"
        case .help: "h"
        default: nil
        }
    }

    var name: String? {
        switch self {
        case .directory: "directory"
        case .domain: "domain"
        case .ownServers: "own-servers"
        case .deviceModelOperations: "dm-ops"
        case .restrict: "restrict"
        case .user: "user"
        case .shim: "shim"
        case .help: "help"
        }
    }

    var value: String? {
        switch self {
        case .directory, .shim: "DIR"
        case .domain, .restrict: "N"
        case .deviceModelOperations: "NAME,…"
        case .user: "UID:GID"
        case .ownServers, .help: nil
        }
    }

    var help: String {
        switch self {
        case .directory: "where the hypervisor's sockets are (/run/xsm-hypervisor)"
        case .domain: "run the program as this domain (0)"
        case .ownServers: "the program's ioreq servers are its own, not its domain's"
        case .deviceModelOperations: "the program may ask for these operations of dm_op and no others"
        case .restrict: "the program may reach this domain and no other"
        case .user: "become this user first, who cannot reach the hypervisor's sockets himself (numbers)"
        case .shim: "where the client libraries are (beside this program)"
        case .help: "print this"
        }
    }
}
