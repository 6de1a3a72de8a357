/// Why it is not known that nothing of a user's runs any more.
public enum ReapFailure: Error, Hashable, Sendable {
    /// Root, or the reaper himself, is nobody to be reaped; and root is no reaper.
    case badUser
    /// A call failed, with the system's error number.
    case call(String, number: Int32, object: String)
    /// Another reaper has not come to an end in time.
    case lockIsTaken(String)
    /// In time these have not ended: they are in the kernel, in a call that cannot be interrupted.
    case stillThere([Int32])
}
