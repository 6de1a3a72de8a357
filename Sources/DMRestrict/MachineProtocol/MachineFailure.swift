public import JSON

/// Why a device model was not asked, or did not answer as one does. All but `refused`, `notReady`, `tooManyOutstanding` and
/// `unsuitable` end the conversation.
public enum MachineFailure: Error, Hashable, Sendable {
    /// It said no to a command.
    case refused(String, MachineRefusal)
    /// A command before the greeting was exchanged.
    case notReady
    case tooManyOutstanding(limit: Int)
    /// A descriptor that the command cannot work with; what it has to be.
    case unsuitable(String)
    /// It said nothing in time, when this was awaited.
    case silent(String)
    /// It did not take in time what it was sent.
    case stalled(String)
    case closed
    /// A message without an end.
    case tooLong(limit: Int)
    /// A message that is not JSON, or too much of it.
    case malformed(JSONMistake)
    /// A message that has no place in the protocol, or not now.
    case unexpected(String)
    /// An answer with another id than that of the command whose turn it is.
    case wrongAnswer(to: String)
    /// An answer to a command that does not say what it has to.
    case senseless(to: String)
    /// A call of the system's failed.
    case system(call: String, number: Int32)

    /// What happened, safe to be shown.
    public var text: String {
        switch self {
        case .refused(let command, let refusal): "`\(command)` was refused (\(refusal.kind)): \(refusal.description)"
        case .notReady: "the greeting was not exchanged yet"
        case .tooManyOutstanding(let limit): "\(limit) commands have no answer yet"
        case .unsuitable(let wanted): "the descriptor must be \(wanted)"
        case .silent(let what): "nothing was heard in time of \(what)"
        case .stalled(let command): "`\(command)` was not taken in time"
        case .closed: "the connection was closed"
        case .tooLong(let limit): "a message is longer than \(limit) bytes"
        case .malformed(let mistake): "a message is not what it should be: byte \(mistake.offset): \(mistake.kind)"
        case .unexpected(let what): "\(what) has no place in the protocol here"
        case .wrongAnswer(let command): "the answer to `\(command)` has another id"
        case .senseless(let command): "the answer to `\(command)` does not say what it should"
        case .system(let call, let number): "\(call) failed with error \(number)"
        }
    }
}

extension JSONMistake {
    /// What is wrong, without words of who wrote it.
    fileprivate var kind: String {
        if case .repeatedName = what { "a name is there twice" } else { text }
    }
}
