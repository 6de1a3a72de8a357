/// Finds what a line of the access-vector cache says, in the words of every release (``Flask/AuditForm`` writes them), and where it stands.
///
/// It takes more than Xen writes: one or more blanks, keys in any order, something between them that it does not know. A line that ends before its class is cut.
enum DenialScanner {
    enum Outcome { case denial, cut, foreign, none }

    /// - Parameters:
    ///   - line: the line, without its end.
    ///   - start: where `avc:` stands.
    ///   - fields: what is found.
    static func scan(_ line: Span<UInt8>, from start: Int, _ fields: inout DenialFields) -> Outcome {
        var place = start + 4
        guard skipBlanks(line, &place) else { return place >= line.count ? .cut : .none }
        if line.has("denied", at: place) {
            place += 6
        } else if line.has("granted", at: place) {
            fields.isGranted = true
            place += 7
        } else {
            return isCut(line, place, ["denied", "granted"]) ? .cut : .none
        }
        guard skipBlanks(line, &place) else { return place >= line.count ? .cut : .none }
        guard place < line.count else { return .cut }
        if line[place] == UInt8(ascii: "{") {
            guard let end = line.firstIndex(of: UInt8(ascii: "}"), from: place) else { return .cut }
            var (first, last) = (place + 1, end)
            while first < last, line[first] == blank { first += 1 }
            while last > first, line[last - 1] == blank { last -= 1 }
            fields.permissions = .init(first, last)
            place = end + 1
        } else if line.has("null", at: place) {
            fields.permissions = .init(place, place)
            place += 4
        } else {
            return isCut(line, place, ["null"]) ? .cut : .none
        }
        guard skipBlanks(line, &place) else { return place >= line.count ? .cut : .none }
        guard line.has("for", at: place) else { return isCut(line, place, ["for"]) ? .cut : .none }
        place += 3
        return scanWords(line, place, &fields)
    }

    private static func scanWords(_ line: Span<UInt8>, _ start: Int, _ fields: inout DenialFields) -> Outcome {
        var place = start
        while true {
            while place < line.count, line[place] == blank { place += 1 }
            guard place < line.count else { return .cut }
            switch line[place] {
            case UInt8(ascii: "s"):
                if line.has("scontext=", at: place) {
                    fields.beginKey(place)
                    guard scanText(line, &place, 9, &fields.source, isSource: true) else { return .cut }
                    continue
                }
                if line.has("source=", at: place), let domain = scanDomain(line, &place, 7) {
                    fields.sourceDomain = domain
                    continue
                }
                if line.has("ssid=", at: place) {
                    fields.beginKey(place)
                    if scanIdentifier(line, &place, 5, &fields.source) { continue }
                }
            case UInt8(ascii: "t"):
                if line.has("tcontext=", at: place) {
                    fields.beginKey(place)
                    guard scanText(line, &place, 9, &fields.target, isSource: false) else { return .cut }
                    continue
                }
                if line.has("tclass=", at: place) { return scanClass(line, place + 7, &fields) }
                if line.has("target=", at: place), let domain = scanDomain(line, &place, 7) {
                    fields.targetDomain = domain
                    continue
                }
                if line.has("tsid=", at: place) {
                    fields.beginKey(place)
                    if scanIdentifier(line, &place, 5, &fields.target) { continue }
                }
            case UInt8(ascii: "c"):
                if line.has("current=", at: place), let domain = scanDomain(line, &place, 8) {
                    fields.currentDomain = domain
                    continue
                }
                if line.has("comm=", at: place) || line.has("capability=", at: place) { return .foreign }
            case UInt8(ascii: "d"):
                if line.has("domid=", at: place), let domain = scanDomain(line, &place, 6) {
                    fields.sourceDomain = domain
                    fields.hasNumberedDomains = true
                    continue
                }
                if line.has("device=", at: place) {
                    scanObject(line, &place, &fields)
                    continue
                }
                if line.has("dtdevice=", at: place) {
                    // A path may be anything: it ends where the contexts begin.
                    guard let end = earliest(line.firstIndex(of: " scontext=", from: place), line.firstIndex(of: " ssid=", from: place)) else {
                        return .cut
                    }
                    fields.object = .init(place, end)
                    place = end
                    continue
                }
            case UInt8(ascii: "i"), UInt8(ascii: "r"):
                if line.has("irq=", at: place) || line.has("range=", at: place) {
                    scanObject(line, &place, &fields)
                    continue
                }
            case UInt8(ascii: "p"):
                if line.has("pte=", at: place) {
                    let start = place
                    scanObject(line, &place, &fields)
                    if line.has(" mfn=", at: place) {
                        place += 1
                        scanObject(line, &place, &fields)
                        fields.object.start = Int32(truncatingIfNeeded: start)
                    }
                    continue
                }
                // Linux tells of processes and files; Xen has none.
                if line.has("pid=", at: place) || line.has("path=", at: place) { return .foreign }
            default: break
            }
            fields.hasUnknownWords = true
            place = line.firstIndex(of: blank, from: place) ?? line.count
        }
    }

    static let blank = UInt8(ascii: " ")

    private static func earliest(_ one: Int?, _ other: Int?) -> Int? {
        guard let one, let other else { return one ?? other }
        return min(one, other)
    }

    /// Goes behind blanks; false when there is none.
    private static func skipBlanks(_ line: Span<UInt8>, _ place: inout Int) -> Bool {
        guard place < line.count, line[place] == blank else { return false }
        while place < line.count, line[place] == blank { place += 1 }
        return true
    }

    /// Whether the line ends within one of the words that could stand there.
    private static func isCut(_ line: Span<UInt8>, _ place: Int, _ words: [String]) -> Bool {
        let rest = line.bytes(place..<max(place, line.count))
        return words.contains { $0.utf8.starts(with: rest) }
    }

    private static func scanObject(_ line: Span<UInt8>, _ place: inout Int, _ fields: inout DenialFields) {
        let end = line.firstIndex(of: blank, from: place) ?? line.count
        fields.object = .init(place, end)
        place = end
    }

    /// `d0`, `d[IO]`, or a bare number; nil when it is none of them, or the line ends in it.
    private static func scanDomain(_ line: Span<UInt8>, _ place: inout Int, _ key: Int) -> Int32? {
        var next = place + key
        guard next < line.count else { return nil }
        if line[next] == UInt8(ascii: "d") {
            next += 1
            if next < line.count, line[next] == UInt8(ascii: "[") {
                for (name, number) in names where line.has(name, at: next) {
                    place = next + name.utf8CodeUnitCount
                    return number
                }
                return nil
            }
        }
        var number: Int32 = 0
        let first = next
        while next < line.count, line[next] >= UInt8(ascii: "0"), line[next] <= UInt8(ascii: "9"), next - first < 6 {
            number = number * 10 + Int32(line[next] - UInt8(ascii: "0"))
            next += 1
        }
        guard next > first, number <= 0xffff, next < line.count, line[next] == blank else { return nil }
        place = next
        return number
    }

    /// As Xen prints domains that are none (xen/common/vsprintf.c: `print_domain`).
    private static let names: [(StaticString, Int32)] = [("[IO] ", 0x7ff1), ("[XEN] ", 0x7ff2), ("[COW] ", 0x7ff3), ("[IDLE] ", 0x7fff)]

    /// A context ends where the next key stands: names may hold blanks. False when the line ends before.
    private static func scanText(
        _ line: Span<UInt8>, _ place: inout Int, _ key: Int, _ context: inout DenialFields.Context, isSource: Bool
    ) -> Bool {
        let start = place + key
        func isEnd(_ place: Int) -> Bool {
            isSource ? line.has(" tcontext=", at: place) || line.has(" tsid=", at: place) : line.has(" tclass=", at: place)
        }
        var end = line.firstIndex(of: blank, from: start)
        while let found = end, !isEnd(found) { end = line.firstIndex(of: blank, from: found + 1) }
        guard let end else { return false }
        context.text = .init(start, end)
        place = end
        return true
    }

    private static func scanIdentifier(_ line: Span<UInt8>, _ place: inout Int, _ key: Int, _ context: inout DenialFields.Context) -> Bool {
        let end = line.firstIndex(of: blank, from: place + key) ?? line.count
        guard let number = Int32(String(decoding: line.bytes(place + key..<end), as: UTF8.self)) else { return false }
        context.identifier = number
        context.isIdentifier = true
        place = end
        return true
    }

    private static func scanClass(_ line: Span<UInt8>, _ start: Int, _ fields: inout DenialFields) -> Outcome {
        var end = start
        while end < line.count, isOfName(line[end]) { end += 1 }
        guard end > start else { return end == line.count ? .cut : .none }
        guard fields.source.isPresent, fields.target.isPresent else { return .none }
        fields.objectClass = .init(start, end)
        fields.key.end = Int32(truncatingIfNeeded: end)
        // Behind the class Linux says whether the domain is permissive.
        if line.has(" permissive=", at: end) { return .foreign }
        while end < line.count, line[end] == blank { end += 1 }
        if end < line.count { fields.hasUnknownWords = true }
        return .denial
    }

    /// What names of classes are made of.
    @inline(__always)
    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"),
            UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "$"):
            true
        default: false
        }
    }
}
