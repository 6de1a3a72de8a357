/// Where decisions are sent that a host keeps: a server that gathers those of a fleet.
public protocol ShippingDestination {
    /// Looks whether it can be sent to, and makes what has to be there, before anything is sent.
    mutating func prepare() throws(ShippingFailure)

    /// Sends decisions. When it returns, the other side has said that it keeps them all, and they are never sent again by this queue; after a
    /// failure all of them are sent again, so that what has no keys over there may have some twice.
    mutating func send(_ batch: ShippingBatch) throws(ShippingFailure)

    /// What somebody should know of what was sent, since this was last asked: that the other side dropped some of it, that some had to be cut.
    /// Lines without their end.
    mutating func takeWarnings() -> [String]
}

extension ShippingDestination {
    public mutating func takeWarnings() -> [String] { [] }
}

extension ShippingDestination {
    /// Nothing is to be looked at.
    public mutating func prepare() throws(ShippingFailure) {}
}
