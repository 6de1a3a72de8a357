/// A grant that somebody makes use of: what was granted when that began, whatever the entry says since.
struct ActiveGrant: Sendable {
    /// To whom.
    let holder: Domain
    /// The page, and its number if it is one of the granter's memory.
    let page: GuestPage
    let number: UInt32?
    /// The frame at which it lies.
    var frame: UInt64
    /// How often it is mapped, for reading and for writing, by processors and by devices.
    var hostReaders: UInt8 = 0
    var hostWriters: UInt8 = 0
    var deviceReaders: UInt8 = 0
    var deviceWriters: UInt8 = 0

    var isUsed: Bool { hostReaders > 0 || deviceReaders > 0 || isWritten }
    var isWritten: Bool { hostWriters > 0 || deviceWriters > 0 }

    /// Counts a use more. False, and nothing is counted, when there are too many: half of what is counted with.
    mutating func add(_ flags: GrantMapFlags) -> Bool {
        var after = self
        for (use, counter) in Self.counters(flags) where flags.contains(use) {
            guard after[keyPath: counter] < 128 else { return false }
            after[keyPath: counter] += 1
        }
        self = after
        return true
    }

    /// Counts a use less.
    mutating func remove(_ flags: GrantMapFlags) {
        for (use, counter) in Self.counters(flags) where flags.contains(use) {
            self[keyPath: counter] -= min(self[keyPath: counter], 1)
        }
    }

    private static func counters(_ flags: GrantMapFlags) -> [(GrantMapFlags, WritableKeyPath<ActiveGrant, UInt8>)] {
        flags.contains(.readOnly)
            ? [(.host, \.hostReaders), (.device, \.deviceReaders)] : [(.host, \.hostWriters), (.device, \.deviceWriters)]
    }
}
