import Arguments

/// An option of `xsm-hypervisor scenario`.
enum ScenarioOption: CommandOption {
    case policy, release, module, strict, permissive, noIOMMU, noRemapping, commandLine, format, verbose, operations, help

    var letter: Character? {
        switch self {
        case .policy: "p"
        case .verbose: "v"
        case .help: "h"
        default: nil
        }
    }

    var name: String? {
        switch self {
        case .policy: "policy"
        case .release: "xen-release"
        case .module: "xsm"
        case .strict: "strict"
        case .permissive: "permissive"
        case .noIOMMU: "no-iommu"
        case .noRemapping: "no-interrupt-remapping"
        case .commandLine: "command-line"
        case .format: "format"
        case .operations: "operations"
        case .verbose: "verbose"
        case .help: "help"
        }
    }

    var value: String? {
        switch self {
        case .policy: "FILE"
        case .release: "R"
        case .module: "flask|dummy|silo"
        case .format: "text|json"
        case .commandLine: "TEXT"
        case .strict, .permissive, .noIOMMU, .noRemapping, .operations, .verbose, .help: nil
        }
    }

    var help: String {
        switch self {
        case .policy: "the binary policy to try"
        case .release: "the release of Xen whose Flask tables are in force (4.17)"
        case .module: "what decides: a policy, Xen's default, or that with domains kept apart (flask)"
        case .strict: "do right what Xen does wrong"
        case .permissive: "tell of denials and do what is asked all the same"
        case .noIOMMU: "a machine without IOMMU"
        case .noRemapping: "an IOMMU that does not remap interrupts"
        case .commandLine: "the hypervisor's command line: `argo=1`, `vpmu`"
        case .format: "what is printed (text)"
        case .verbose: "also tell what the policy was asked on the way"
        case .operations: "list what domains can be told to do"
        case .help: "print this"
        }
    }
}
