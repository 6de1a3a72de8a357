import JSON

extension LogReader {
    /// Takes a line of the journal's export format; false when it is none.
    mutating func readEntryLine(_ line: Span<UInt8>, _ sink: inout some LogSink) -> Bool {
        if line.has("__CURSOR=", at: 0) {
            endEntry(&sink)
            entry = JournalEntry()
            return true
        }
        guard entry != nil else { return false }
        func value(_ key: StaticString) -> [UInt8]? {
            line.has(key, at: 0) ? line.bytes(key.utf8CodeUnitCount..<line.count) : nil
        }
        if line.count == 0 {
            endEntry(&sink)
        } else if let message = value("MESSAGE=") {
            entry?.message = message
        } else if let time = value("__REALTIME_TIMESTAMP=") {
            entry?.time = LogTime(stated: Int64(String(decoding: time, as: UTF8.self)))
        } else if let host = value("_HOSTNAME=") {
            entry?.host = Array(host.prefix(256))
        } else if let boot = value("_BOOT_ID=") {
            entry?.bootIdentity = Array(boot.prefix(64))
        } else if line.firstIndex(of: UInt8(ascii: "="), from: 0) == nil {
            entry?.binary = JournalEntry.Binary(isMessage: line.has("MESSAGE", at: 0) && line.count == 7)
        }
        return true
    }

    /// Takes what a field has that is told by its length; how many bytes those are.
    mutating func readBinary(_ bytes: Span<UInt8>, from start: Int) -> Int {
        guard var binary = entry?.binary else { return 0 }
        var place = start
        while binary.length.count < 8, place < bytes.count {
            binary.length.append(bytes[place])
            place += 1
        }
        if binary.length.count == 8, binary.left == nil {
            let length = binary.length.enumerated().reduce(UInt64(0)) { $0 | UInt64($1.element) << UInt64($1.offset * 8) }
            binary.left = length == .max ? length : length + 1
        }
        if let left = binary.left {
            let count = Int(min(left, UInt64(bytes.count - place)))
            if binary.isMessage {
                // The line end behind the value ends the last line of it too.
                for index in place..<place + count where (entry?.message.count ?? 0) < Self.lineLimit { entry?.message.append(bytes[index]) }
            }
            place += count
            binary.left = left - UInt64(count)
        }
        entry?.binary = binary.left == 0 ? nil : binary
        return place - start
    }

    /// Reads the message of an entry that is whole.
    mutating func endEntry(_ sink: inout some LogSink) {
        guard let ended = entry else { return }
        entry = nil
        readMessage(ended.message, ended.time, ended.host, ended.bootIdentity, &sink)
    }

    /// Takes a line that is an entry of the journal as JSON (`journalctl -o json`); false when it is none.
    mutating func readEntryObject(_ line: Span<UInt8>, _ sink: inout some LogSink) -> Bool {
        guard line.has("{", at: 0), line.firstIndex(of: "\"MESSAGE\"", from: 0) != nil,
            let value = try? JSONValue(parsing: line.bytes(0..<line.count), limits: JSONLimits(bytes: Self.lineLimit, depth: 8, values: 1 << 16)),
            let message = value["MESSAGE"]
        else { return false }
        // What is no UTF-8 is an array of its bytes.
        let text = message.string.map { Array($0.utf8) } ?? (message.array ?? []).compactMap { $0.integer.flatMap { UInt8(exactly: $0) } }
        let time = value["__REALTIME_TIMESTAMP"]?.string.flatMap { Int64($0) }
        readMessage(text, LogTime(stated: time), Array((value["_HOSTNAME"]?.string ?? "").utf8.prefix(256)),
            Array((value["_BOOT_ID"]?.string ?? "").utf8.prefix(64)), &sink)
        return true
    }

    private mutating func readMessage(
        _ message: [UInt8], _ time: LogTime, _ host: [UInt8], _ bootIdentity: [UInt8], _ sink: inout some LogSink
    ) {
        carried = Carried(
            time: time, host: host.isEmpty ? -1 : number(ofHost: host), bootIdentity: bootIdentity.isEmpty ? -1 : number(ofBoot: bootIdentity))
        let known = carried
        for line in message.split(separator: UInt8(ascii: "\n"), maxSplits: 1_024) {
            carried = known
            let text = Array(line)
            readText(text.span, &sink)
        }
    }
}
