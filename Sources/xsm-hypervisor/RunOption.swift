import Arguments

/// An option of `xsm-hypervisor run`.
enum RunOption: CommandOption {
    case policy, release, flask, module, strict, ownServers, directory, store, log, memory, processors, commandLine, user, untilIdle, quiet, help

    var letter: Character? {
        switch self {
        case .policy: "p"
        case .directory: "d"
        case .quiet: "q"
        case .help: "h"
        default: nil
        }
    }

    var name: String? {
        switch self {
        case .policy: "policy"
        case .release: "xen-release"
        case .flask: "flask"
        case .module: "xsm"
        case .strict: "strict"
        case .ownServers: "own-servers"
        case .directory: "directory"
        case .store: "store"
        case .log: "log"
        case .memory: "memory"
        case .processors: "processors"
        case .commandLine: "command-line"
        case .user: "user"
        case .untilIdle: "until-idle"
        case .quiet: "quiet"
        case .help: "help"
        }
    }

    var value: String? {
        switch self {
        case .policy: "POLICY"
        case .store, .log: "FILE"
        case .release: "R"
        case .flask: "enforcing|permissive|late|disabled"
        case .module: "flask|dummy|silo"
        case .directory: "DIR"
        case .memory: "MIB"
        case .processors: "N"
        case .commandLine: "TEXT"
        case .user: "UID:GID"
        case .strict, .ownServers, .untilIdle, .quiet, .help: nil
        }
    }

    var help: String {
        switch self {
        case .policy: "load this policy at start: a binary, a policy.conf or a policy tree, compiled for the release"
        case .release: "the release of Xen whose Flask tables are in force (4.17)"
        case .flask: "how Flask starts (enforcing)"
        case .module: "what decides: a policy, Xen's default, or that with domains kept apart (flask)"
        case .strict: "do right what Xen does wrong, and refuse what it forgets to refuse"
        case .ownServers: "each process has ioreq servers of its own, not only each domain"
        case .directory: "where the sockets are made (/run/xsm-hypervisor)"
        case .store: "keep what is in XenStore in this file from one run to the next"
        case .log: "append what the console prints to this file"
        case .memory: "the machine's memory (4096); nothing is taken until it is used"
        case .processors: "the machine's processors (4)"
        case .commandLine: "what guests are told of the hypervisor's command line"
        case .user: "become this user once the sockets are there (numbers)"
        case .untilIdle: "end when the last domain has gone, and the last program that keeps some"
        case .quiet: "do not print the console"
        case .help: "print this"
        }
    }
}
