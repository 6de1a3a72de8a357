import Arguments

/// An option of `xsm-hypervisor processor`.
enum ProcessorOption: CommandOption {
    case directory, domain, processor, quiet, help

    var letter: Character? {
        switch self {
        case .directory: "d"
        case .quiet: "q"
        case .help: "h"
        case .domain, .processor: nil
        }
    }

    var name: String? {
        switch self {
        case .directory: "directory"
        case .domain: "domain"
        case .processor: "processor"
        case .quiet: "quiet"
        case .help: "help"
        }
    }

    var value: String? {
        switch self {
        case .directory: "DIR"
        case .domain, .processor: "N"
        case .quiet, .help: nil
        }
    }

    var help: String {
        switch self {
        case .directory: "where the hypervisor's sockets are (/run/xsm-hypervisor)"
        case .domain: "whose processor it is; the domain must be an HVM guest"
        case .processor: "which of its processors (0)"
        case .quiet: "do not print what is read"
        case .help: "print this"
        }
    }
}
