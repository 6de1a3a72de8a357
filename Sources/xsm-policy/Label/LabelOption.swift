import Arguments

/// An option of `xsm-policy label`.
enum LabelOption: String, CommandOption {
    case type, context, policy, lspci, device, coverage

    var letter: Character? { self == .policy ? "p" : nil }
    var name: String? { rawValue }

    var value: String? {
        switch self {
        case .type: "TYPE"
        case .context: "CONTEXT"
        case .policy: "POLICY"
        case .lspci: "FILE"
        case .device: "ADDRESS"
        case .coverage: nil
        }
    }

    var help: String {
        switch self {
        case .type: "the type to label with: system_u:object_r:TYPE, and :s0 with --mls"
        case .context: "the whole context to label with"
        case .policy: "tell which context it has in this policy"
        case .lspci: "label what is in the output of `lspci -vvn`; - is the standard input"
        case .device: "of that output only this device; may be given several times"
        case .coverage: "tell what a policy labels, and which statements are in each other's way"
        }
    }
}
