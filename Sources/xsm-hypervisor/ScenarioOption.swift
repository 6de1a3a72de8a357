import Arguments

/// An option of `xsm-hypervisor scenario`.
enum ScenarioOption: CommandOption {
    case policy, release, flask, module, strict, noIOMMU, noRemapping, commandLine, format, quiet, verbose, operations, help

    var letter: Character? {
        switch self {
        case .policy: "p"
        case .quiet: "q"
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
        case .flask: "flask"
        case .noIOMMU: "no-iommu"
        case .noRemapping: "no-interrupt-remapping"
        case .commandLine: "command-line"
        case .format: "format"
        case .quiet: "quiet"
        case .operations: "operations"
        case .verbose: "verbose"
        case .help: "help"
        }
    }

    var value: String? {
        switch self {
        case .policy: "POLICY"
        case .release: "R"
        case .flask: "enforcing|permissive|late|disabled"
        case .module: "flask|dummy|silo"
        case .format: "text|json"
        case .commandLine: "TEXT"
        case .strict, .noIOMMU, .noRemapping, .operations, .quiet, .verbose, .help: nil
        }
    }

    var help: String {
        switch self {
        case .policy: "the policy to try: a binary, a policy.conf or a policy tree, compiled for the release"
        case .release: "the release of Xen whose Flask tables are in force (4.17)"
        case .module: "what decides: a policy, Xen's default, or that with domains kept apart (flask)"
        case .strict: "do right what Xen does wrong"
        case .flask: "how Flask starts (enforcing); `permissive` tells of denials and does what is asked all the same"
        case .noIOMMU: "a machine without IOMMU"
        case .noRemapping: "an IOMMU that does not remap interrupts"
        case .commandLine: "the hypervisor's command line: `argo=1`, `vpmu`"
        case .format: "what is printed (text)"
        case .quiet: "tell only what did not come as it was to come"
        case .verbose: "also tell what the policy was asked on the way"
        case .operations: "list what domains can be told to do"
        case .help: "print this"
        }
    }
}
