/// Takes what a reader finds in a log, in the order of its lines.
public protocol LogSink {
    /// The transport names a host for the first time: the number that ``DenialFields/host`` has for it from now on.
    mutating func meet(host: [UInt8], number: Int)
    /// A decision. The bytes are the reader's: what is wanted of them is copied before this returns.
    mutating func take(_ denial: borrowing DenialFields, in line: Span<UInt8>)
    /// Something else that Flask said.
    mutating func take(_ notice: FlaskNotice)
    /// A line that speaks of decisions and cannot be taken for one.
    mutating func take(_ line: UnreadLine)
}

extension LogSink {
    public mutating func meet(host: [UInt8], number: Int) {}
}
