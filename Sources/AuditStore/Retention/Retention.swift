/// What is kept: everything that is younger than an age, as far as it has room.
public struct Retention: Hashable, Sendable {
    /// Nothing older than this many microseconds is kept. A record without a date is as old as its being stored.
    public var age: Int64?
    /// How many bytes the database may have.
    public var size: Int64?

    public init(age: Int64? = nil, size: Int64? = nil) {
        self.age = age
        self.size = size
    }
}
