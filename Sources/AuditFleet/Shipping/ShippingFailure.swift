/// Why decisions were not sent. Those of the batch are still in the queue.
public struct ShippingFailure: Error, Hashable, Sendable {
    public enum Reason: String, Hashable, Sendable, CaseIterable {
        /// Nobody answers there, or not in time: worth trying again.
        case unreachable
        /// It answered that it cannot now: worth trying again.
        case busy
        /// It will not: a wrong name or password, a table that is not there, a request that it does not understand.
        case refused
        /// It is not who it should be, as its certificate has it: nothing was sent.
        case untrusted
        /// It answered what it should not.
        case garbled
    }

    public var reason: Reason
    /// The address, without what is secret in it.
    public var destination: String
    /// The other side's words, or ours.
    public var detail: String
    /// How long it asks not to be asked again, where it does.
    public var retrySeconds: Int?

    public init(_ reason: Reason, destination: String, detail: String, retrySeconds: Int? = nil) {
        self.reason = reason
        self.destination = destination
        self.detail = detail
        self.retrySeconds = retrySeconds
    }
}

extension ShippingFailure: CustomStringConvertible {
    /// What happened, where, and what to do about it.
    public var description: String {
        let what = "`\(destination)`: "
        switch reason {
        case .unreachable: return what + "cannot be reached (\(detail)): nothing is lost, what was not sent waits in the database"
        case .busy: return what + "does not take anything now (\(detail)): nothing is lost, what was not sent waits in the database"
        case .refused: return what + "refuses what it is sent (\(detail)): check the address, the name and the password"
        case .untrusted:
            return what + "is not trusted, and was sent nothing (\(detail)): check the address, and name its certificates as `authority` among the credentials"
        case .garbled: return what + "does not answer as it should (\(detail)): check that the address is that of the server that is meant"
        }
    }
}
