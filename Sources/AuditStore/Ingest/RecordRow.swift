import AuditLog

/// A decision on its way into the table of records.
struct RecordRow {
    /// Where its kind is in the cache of kinds.
    var kind: Int32
    /// Numbers of domains; negative when the line has none.
    var source: Int32
    var target: Int32
    var current: Int32
    var clock: StoredClock
    var time: Int64
    /// What of the hardware it was about, in the line's words.
    var object: [UInt8]?
    /// All of it in one number, by which it is known again: ``Fingerprint``.
    var print: UInt64 = 0
}

/// What a record says in one number: equal for equal records of a database, and hardly ever for others.
struct Fingerprint {
    private(set) var value: UInt64 = 0x9e37_79b9_7f4a_7c15

    @inline(__always)
    mutating func mix(_ number: Int64) {
        let product = (value ^ UInt64(bitPattern: number)).multipliedFullWidth(by: 0xd6e8_feb8_6659_fd93)
        value = product.low ^ product.high ^ (value << 23 | value >> 41)
    }

    mutating func mix(_ bytes: [UInt8]) {
        mix(Int64(bytes.count))
        for byte in bytes { mix(Int64(byte)) }
    }

    /// - Parameter kind: the number that the database has for its kind.
    static func of(
        kind: Int64, source: Int32, target: Int32, current: Int32, clock: Int64, time: Int64, object: [UInt8]?
    ) -> UInt64 {
        var print = Fingerprint()
        print.mix(kind)
        print.mix(Int64(source) << 32 ^ Int64(target))
        print.mix(Int64(current) << 8 ^ clock)
        print.mix(time)
        if let object { print.mix(object) }
        return print.value
    }
}
