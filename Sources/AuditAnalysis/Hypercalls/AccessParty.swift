/// Whose context an operation compares.
public enum AccessParty: Hashable, Sendable {
    /// The domain that makes the hypercall.
    case caller
    /// The domain to which it is done: as its own label for itself, `…_self`, where that is the caller; as its `…_target` where the caller serves it.
    case domain
    /// That of an initial SID, by its name.
    case initialSID(String)
    /// What the policy labels hardware.
    case hardware
    case other(String)

    /// In words, to be read behind `of` or `is`.
    public var description: String {
        switch self {
        case .caller: "the domain that makes the call"
        case .domain: "the domain to which it is done"
        case .initialSID(let name): "the initial SID `\(name)`"
        case .hardware: "the hardware's label"
        case .other(let text): text
        }
    }

    /// From a table's words; nil when they are none.
    init?(_ text: String) {
        switch text {
        case "caller": self = .caller
        case "domain": self = .domain
        case "hardware": self = .hardware
        default:
            if text.hasPrefix("sid "), text.utf8.count > 4, !text.dropFirst(4).contains(" ") {
                self = .initialSID(String(text.dropFirst(4)))
            } else if text.hasPrefix("\""), text.hasSuffix("\""), text.utf8.count > 2 {
                self = .other(String(text.dropFirst().dropLast()))
            } else {
                return nil
            }
        }
    }
}
