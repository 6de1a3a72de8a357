extension LogReader {
    /// How many hosts one log may name.
    static var hostLimit: Int { 1 << 16 }

    /// Reads what syslog, the journal's own text and the console daemon put before a line: when, and on which host.
    mutating func readTransport(_ text: Span<UInt8>) {
        guard text.count >= 15 else { return }
        var place = 0
        var isOfSyslog = false
        if text[0] == UInt8(ascii: "<"), let end = text.firstIndex(of: UInt8(ascii: ">"), from: 0), end < 6 {
            place = end + 1
            // RFC 5424 has a version there.
            if text.has("1 ", at: place) { place += 2 }
            isOfSyslog = true
        } else if text[0] == UInt8(ascii: "[") {
            place = 1
        }
        let start = place
        if let date = TimeStamp.date(text, &place, limit: text.count, requiresZone: false) {
            carried.time = .date(date - zoneOffset(text, start, place))
            isOfSyslog = isOfSyslog || text[start + 10] == UInt8(ascii: "T")
        } else if let date = syslogDate(text, &place) {
            carried.time = .date(date - options.zoneOffset)
            isOfSyslog = true
        } else {
            return
        }
        guard isOfSyslog, place < text.count, text[place] == UInt8(ascii: " ") else { return }
        let end = text.firstIndex(of: UInt8(ascii: " "), from: place + 1) ?? text.count
        guard end > place + 1, end - place <= 256 else { return }
        carried.host = number(ofHost: text.bytes(place + 1..<end))
    }

    /// The number of a host's name; negative when there are too many.
    mutating func number(ofHost name: [UInt8]) -> Int32 {
        // Mostly it is the same.
        if let last = hosts.last, last == name { return Int32(truncatingIfNeeded: hosts.count - 1) }
        if let known = hosts.firstIndex(of: name) { return Int32(truncatingIfNeeded: known) }
        guard hosts.count < Self.hostLimit else { return -1 }
        hosts.append(name)
        return Int32(truncatingIfNeeded: hosts.count - 1)
    }

    /// The number of a boot's identity; negative when there are too many.
    mutating func number(ofBoot identity: [UInt8]) -> Int32 {
        if let last = bootIdentities.last, last == identity { return Int32(truncatingIfNeeded: bootIdentities.count - 1) }
        if let known = bootIdentities.firstIndex(of: identity) { return Int32(truncatingIfNeeded: known) }
        guard bootIdentities.count < Self.hostLimit else { return -1 }
        bootIdentities.append(identity)
        return Int32(truncatingIfNeeded: bootIdentities.count - 1)
    }

    /// What is to be taken off a date that has no zone of its own.
    private func zoneOffset(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Int64 {
        guard end > start + 19 else { return options.zoneOffset }
        for index in start + 19..<end {
            switch text[index] {
            case UInt8(ascii: "Z"), UInt8(ascii: "+"), UInt8(ascii: "-"): return 0
            default: break
            }
        }
        return options.zoneOffset
    }

    /// The date of the older syslog, in the last year in which it is not later than it can be.
    private func syslogDate(_ text: Span<UInt8>, _ place: inout Int) -> Int64? {
        let latest = min(options.latest, 253_402_300_799_000_000)
        let year = TimeStamp.calendar(latest).year
        var end = place
        guard let date = TimeStamp.syslog(text, &end, year: year) else {
            // The last day of February may be of the year before.
            return TimeStamp.syslog(text, &place, year: year - 1)
        }
        guard date - options.zoneOffset > latest else {
            place = end
            return date
        }
        return TimeStamp.syslog(text, &place, year: year - 1)
    }
}
