/// A device model that runs.
public struct LaunchedProcess: Hashable, Sendable {
    public let number: Int32
    /// A descriptor of it, by which it is signalled and waited for: its number may become another's, the descriptor never.
    public let descriptor: Int32
    /// When it began, in milliseconds since 1970: what is told of its number from before is another's.
    public let start: Int64

    /// What its launcher made for it, and takes away behind it.
    var group: MadeControlGroup?

    /// How it has ended.
    public enum End: Hashable, Sendable {
        /// By itself, with a status.
        case exited(Int32)
        /// By a signal; `SIGSYS` where its filter refused a system call.
        case killed(Int32)
        /// Nobody knows: it could not be waited for, by an error's number, and was ended.
        case lost(Int32)

        /// The status by which a shell tells it.
        public var status: Int32 {
            switch self {
            case .exited(let status): status
            case .killed(let signal): 128 + signal
            case .lost: 125
            }
        }
    }
}
