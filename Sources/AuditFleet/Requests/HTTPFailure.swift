/// Why a request has no answer.
public struct HTTPFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Reason: String, Hashable, Sendable, CaseIterable {
        /// The curl program cannot be run.
        case noProgram
        /// The request cannot be sent as it is: an address of another scheme, a header with a line's end.
        case unusable
        /// Nobody is there, or does not answer in time, or the connection was lost: worth trying again. What was asked may have been done.
        case unreachable
        /// The other side is not who it should be, or no connection that is safe can be agreed on.
        case untrusted
        /// It does not speak HTTP as it should.
        case garbled
        /// The answer is longer than the request allowed.
        case tooLarge
    }

    public var reason: Reason
    /// What happened, in lower case, with what to do about it where that is known. Nothing secret is in it.
    public var detail: String

    public init(_ reason: Reason, _ detail: String) {
        self.reason = reason
        self.detail = detail
    }

    public var description: String { detail }

    /// The same for a queue: what is worth trying again, and what is not.
    public func shippingFailure(_ destination: String) -> ShippingFailure {
        let reason: ShippingFailure.Reason =
            switch reason {
            case .noProgram, .unreachable: .unreachable
            case .unusable: .refused
            case .untrusted: .untrusted
            case .garbled, .tooLarge: .garbled
            }
        return ShippingFailure(reason, destination: destination, detail: detail)
    }
}
