import Flask

extension LogReader {
    /// A line that is not, as it stands, a whole decision as Xen prints it.
    mutating func readOther(_ line: Span<UInt8>, _ sink: inout some LogSink) {
        if line.hasControls {
            let cleaned = Self.withoutControls(line)
            readEntryOrText(cleaned.span, &sink)
        } else {
            readEntryOrText(line, &sink)
        }
    }

    private mutating func readEntryOrText(_ line: Span<UInt8>, _ sink: inout some LogSink) {
        if readEntryLine(line, &sink) || readEntryObject(line, &sink) { return }
        carried = Carried()
        readText(line, &sink)
    }

    /// A line of text, which may have a transport's words at its beginning, and several of the hypervisor's lines within.
    mutating func readText(_ line: Span<UInt8>, _ sink: inout some LogSink) {
        guard var start = line.firstIndex(of: "(XEN)", from: 0) else { return readBare(line, &sink) }
        hasSpokenBefore = hasSpoken
        hasSpoken = true
        readTransport(line.extracting(0..<start))
        if Self.isOfGuest(line.extracting(0..<start)) {
            if line.firstIndex(of: "avc:", from: 0) != nil { refuse(line, .guest, &sink) }
            return
        }
        // A line of a processor breaks into that of another.
        if start > 0, pending != nil, Self.mayComplete(line.extracting(0..<start)) { complete(line.extracting(0..<start), &sink) }
        while true {
            let next = line.firstIndex(of: "(XEN)", from: start + 5)
            readSegment(line.extracting(start..<(next ?? line.count)), isBroken: next != nil, &sink)
            guard let next else { return }
            start = next
        }
    }

    /// What the hypervisor says behind one `(XEN)`.
    private mutating func readSegment(_ segment: Span<UInt8>, isBroken: Bool, _ sink: inout some LogSink) {
        var fields = DenialFields()
        var body = segment.count > 5 && segment[5] == UInt8(ascii: " ") ? 6 : 5
        body = bodyStart(segment, body, &fields.time)
        if fields.time == .unknown || isCycles(fields.time), carried.time != .unknown { fields.time = carried.time }
        let time = fields.time
        fields.host = carried.host
        fields.bootIdentity = carried.bootIdentity
        if segment.has("avc:", at: body) { return readDecision(segment, body, &fields, isBroken: isBroken, &sink) }
        let text = segment.extracting(min(body, segment.count)..<segment.count)
        if let kind = Self.noticeKind(text) { return take(kind, text, time, &sink) }
        if text.has("avc_printk: overflow", at: 0) { return }
        if let place = text.firstIndex(of: "avc:", from: 0) {
            if Self.isOfGuest(text.extracting(0..<place)) { return refuse(segment, .guest, &sink) }
            // What printed last did not end its line.
            return readDecision(text, place, &fields, isBroken: isBroken, &sink)
        }
        complete(text, &sink)
    }

    private func isCycles(_ time: LogTime) -> Bool { if case .cycles = time { true } else { false } }

    private mutating func readDecision(
        _ line: Span<UInt8>, _ place: Int, _ fields: inout DenialFields, isBroken: Bool, _ sink: inout some LogSink
    ) {
        switch DenialScanner.scan(line, from: place, &fields) {
        case .denial where !isCutInClass(line, fields): emit(&fields, line, &sink)
        case .denial, .cut:
            giveUp(&sink)
            pending = Pending(bytes: line.bytes(place..<line.count), time: fields.time, host: fields.host, bootIdentity: fields.bootIdentity, line: counts.lines)
        case .foreign: refuse(line, .linux, &sink)
        case .none: refuse(line, .garbled, &sink)
        }
    }

    /// Whether a long line ends in what is no class of any release: the rest of its name is on the next one.
    private func isCutInClass(_ line: Span<UInt8>, _ fields: DenialFields) -> Bool {
        line.count >= 900 && Int(fields.key.end) == line.count && !Self.classNames.contains(line.bytes(fields.objectClass.range))
    }

    /// A line without the hypervisor's mark: the rest of one, words of a domain, or the bare line.
    private mutating func readBare(_ line: Span<UInt8>, _ sink: inout some LogSink) {
        guard let place = line.firstIndex(of: "avc:", from: 0) else {
            if line.firstIndex(of: "lask", from: 0) == nil, line.firstIndex(of: "LASK", from: 0) == nil { return complete(line, &sink) }
            if let kind = Self.noticeKind(line) { return take(kind, line, carried.time, &sink) }
            return complete(line, &sink)
        }
        let before = line.extracting(0..<place)
        if Self.isOfGuest(before) { return refuse(line, .guest, &sink) }
        readTransport(before)
        var fields = DenialFields()
        fields.time = carried.time
        fields.host = carried.host
        fields.bootIdentity = carried.bootIdentity
        switch DenialScanner.scan(line, from: place, &fields) {
        // Xen names a domain in every line; SELinux, whose words are the same, never does.
        case .denial where fields.sourceDomain >= 0 || fields.currentDomain >= 0 || fields.targetDomain >= 0 || before.isEmpty:
            emit(&fields, line, &sink)
        case .denial, .foreign: refuse(line, .linux, &sink)
        case .cut where before.isEmpty:
            giveUp(&sink)
            pending = Pending(bytes: line.bytes(0..<line.count), time: fields.time, host: fields.host, bootIdentity: fields.bootIdentity, line: counts.lines)
        case .cut, .none: refuse(line, .garbled, &sink)
        }
    }

    // MARK: Decisions in pieces

    /// How many other lines may stand between the pieces of one.
    private static var patience: Int { 16 }

    /// Tries whether a text completes the decision that waits.
    mutating func complete(_ text: Span<UInt8>, _ sink: inout some LogSink) {
        guard var waiting = pending else { return }
        waiting.age += 1
        if Self.mayComplete(text) || waiting.bytes.count >= 900 {
            var bytes = waiting.bytes
            for index in 0..<text.count { bytes.append(text[index]) }
            let joined = bytes.span
            var fields = DenialFields()
            fields.time = waiting.time
            fields.host = waiting.host
            fields.bootIdentity = waiting.bootIdentity
            fields.line = waiting.line
            fields.isJoined = true
            switch DenialScanner.scan(joined, from: 0, &fields) {
            case .denial where Self.classNames.contains(joined.bytes(fields.objectClass.range)):
                pending = nil
                return emit(&fields, joined, &sink)
            case .cut where bytes.count <= 4_096 && (Self.hasKey(text) || text.count >= 900): waiting.bytes = bytes
            default: break
            }
        }
        pending = waiting
        if waiting.age >= Self.patience { giveUp(&sink) }
    }

    /// Hands over what waits as cut.
    mutating func giveUp(_ sink: inout some LogSink) {
        guard let waiting = pending else { return }
        pending = nil
        refuse(waiting.bytes.span, .cut, at: waiting.line, &sink)
    }

    /// Whether it has what ends a decision, or a key of one.
    private static func mayComplete(_ text: Span<UInt8>) -> Bool {
        hasKey(text) || text.count > 0 && text.count < 40 && text.firstIndex(of: UInt8(ascii: ":"), from: 0) == nil
    }

    private static func hasKey(_ text: Span<UInt8>) -> Bool {
        text.firstIndex(of: "class=", from: 0) != nil || text.firstIndex(of: "context=", from: 0) != nil
    }

    /// The classes of all releases.
    private static let classNames: Set<[UInt8]> = {
        var names: Set<[UInt8]> = []
        for release in XenRelease.all { for entry in Vocabulary(of: release)?.classes ?? [] { names.insert(Array(entry.name.utf8)) } }
        for entry in Vocabulary.development?.classes ?? [] { names.insert(Array(entry.name.utf8)) }
        return names
    }()

    // MARK: Words

    /// Whether the hypervisor's `(d1)` stands in it, which it puts before what a guest prints.
    private static func isOfGuest(_ text: Span<UInt8>) -> Bool {
        var start = 0
        while let place = text.firstIndex(of: "(d", from: start) {
            var next = place + 2
            while next < text.count, text[next] >= UInt8(ascii: "0"), text[next] <= UInt8(ascii: "9") { next += 1 }
            if next > place + 2, next < text.count, text[next] == UInt8(ascii: ")") { return true }
            start = place + 2
        }
        return false
    }

    /// Without a terminal's sequences (ECMA-48), and without the other control characters.
    static func withoutControls(_ line: Span<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(line.count)
        var place = 0
        while place < line.count {
            let byte = line[place]
            place += 1
            if byte == 0x1b, place < line.count {
                let kind = line[place]
                place += 1
                if kind == UInt8(ascii: "[") {
                    while place < line.count, !(0x40...0x7e).contains(line[place]) { place += 1 }
                    place += 1
                } else if kind == UInt8(ascii: "]") {
                    while place < line.count, line[place] != 7, line[place] != 0x1b { place += 1 }
                    place += 1
                }
            } else if byte >= 0x20 || byte == 9 {
                text.append(byte)
            }
        }
        return text
    }
}
