import AuditLog
import Flask
import Foundation
import TestSupport
import Testing

@Suite("Every form of a log is read, and what cannot be is told")
struct LogReaderTests {
    static let line = "avc:  denied  { map_read map_write } for source=d0 target=d1 scontext=system_u:system_r:dom0_t tcontext=system_u:system_r:domU_t tclass=mmu"
    static let record = AuditRecord(
        verdict: .denied, permissions: ["map_read", "map_write"],
        subject: AuditSubject(source: .init(rawValue: 0), target: .init(rawValue: 1)),
        source: .text(Array("system_u:system_r:dom0_t".utf8)), target: .text(Array("system_u:system_r:domU_t".utf8)), objectClass: "mmu")

    @Test("Whatever Flask writes in the words of any release is read as what it says")
    func everyForm() {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        for _ in 0..<4_000 {
            let record = AuditRecord.random(&random)
            for form in AuditForm.all {
                var text = Array("(XEN) ".utf8) + form.text(of: record)
                text.append(10)
                let found = CollectingSink.read(text).found
                #expect(found.records.map(\.record) == [form.tellable(record)], "seed \(seed): \(String(decoding: text, as: UTF8.self))")
                #expect(found.unread.isEmpty && found.notices.isEmpty)
            }
        }
    }

    @Test("Where pieces of a log end does not matter")
    func pieces() {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        for _ in 0..<40 {
            let bytes = RandomLog.bytes(&random, lines: 60)
            let whole = CollectingSink.read(bytes)
            let cuts = (0..<random.below(40)).map { _ in random.below(bytes.count + 1) }
            let parts = CollectingSink.read(bytes, cuts: cuts)
            #expect(parts.found.records == whole.found.records && parts.found.notices == whole.found.notices, "seed \(seed)")
            #expect(parts.found.unread == whole.found.unread && parts.reader.counts == whole.reader.counts, "seed \(seed)")
            let single = CollectingSink.read(bytes, cuts: Array(0..<bytes.count))
            #expect(single.found.records == whole.found.records && single.reader.counts == whole.reader.counts, "seed \(seed)")
        }
    }

    @Test("Any bytes are read, and a decision in them is a decision or told to be none")
    func anyBytes() {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        var (whole, others) = (0, 0)
        for _ in 0..<3_000 {
            var bytes = Array(("(XEN) " + Self.line).utf8)
            for _ in 0..<1 + random.below(3) {
                let place = random.below(bytes.count)
                switch random.below(4) {
                case 0: bytes[place] = UInt8(random.below(256))
                case 1: bytes.remove(at: place)
                case 2: bytes.removeSubrange(place..<min(bytes.count, place + random.below(40)))
                default: bytes.insert(contentsOf: bytes[place..<min(place + random.below(30), bytes.count)], at: place)
                }
                if bytes.isEmpty { bytes = [0] }
            }
            let lines = bytes.split(separator: 10, omittingEmptySubsequences: false).count - (bytes.last == 10 ? 1 : 0)
            let (found, reader) = CollectingSink.read(bytes)
            #expect(reader.counts.lines == UInt64(lines), "seed \(seed)")
            #expect(reader.counts.decisions == UInt64(found.records.count) && reader.counts.unread.values.reduce(0, +) == UInt64(found.unread.count))
            if found.records.isEmpty { others += 1 } else { whole += 1 }
            // Nothing that begins as a decision is passed over.
            let clean = bytes.filter { $0 >= 0x20 && $0 < 0x80 }
            if lines == 1, clean.count == bytes.count, String(decoding: bytes, as: UTF8.self).hasPrefix("(XEN) avc:") {
                #expect(found.records.count + found.unread.count >= 1, "seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
            }
        }
        #expect(whole > 500 && others > 500)
    }

    // MARK: What it was kept in

    private static let time = LogTime.date(1_795_198_539_000_000)

    @Test("Times and hosts are those of the hypervisor's stamp or of what carries the line", arguments: [
        ("(XEN) ", LogTime.unknown, nil), ("(XEN) [   10.879329] ", .sinceStart(10_879_329), nil),
        ("(XEN) [2026-11-20 18:15:39] ", .date(1_795_198_539_000_000), nil), ("(XEN) [2026-11-20 18:15:39.494] ", .date(1_795_198_539_494_000), nil),
        ("(XEN) [0000000039241420] ", .cycles(0x3924_1420), nil),
        ("Nov 20 18:15:39 host7 hypervisor: (XEN) ", .date(1_795_198_539_000_000), "host7"),
        ("<13>Nov 20 18:15:39 host7 xen[12]: (XEN) ", .date(1_795_198_539_000_000), "host7"),
        ("<34>1 2026-11-20T18:15:39.003Z host7.example xen 12 - - (XEN) ", .date(1_795_198_539_003_000), "host7.example"),
        ("2026-11-20T19:15:39.250000+01:00 host7 xen: (XEN) ", .date(1_795_198_539_250_000), "host7"),
        ("2026-11-20T18:15:39+0000 host7 kernel: (XEN) [   10.879329] ", .sinceStart(10_879_329), "host7"),
        ("[2026-11-20 18:15:39] (XEN) ", .date(1_795_198_539_000_000), nil), ("\u{1b}[1m\u{1b}]0;x\u{7}(XEN) ", .unknown, nil),
        ("[    0.503290] Linux says (XEN) ", .unknown, nil), ("", .unknown, nil),
    ] as [(String, LogTime, String?)])
    func transports(prefix: String, time: LogTime, host: String?) {
        let options = LogReaderOptions(latest: 1_798_000_000_000_000)
        for end in ["\n", "\r\n", "\u{1b}[0m\n", " \n", ""] {
            let (found, reader) = CollectingSink.read(prefix + Self.line + end, options: options)
            #expect(found.records == [DenialRecord(record: Self.record, time: time, boot: 0, line: 1)], "\(prefix)")
            #expect(reader.hosts == (host.map { [Array($0.utf8)] } ?? []))
        }
    }

    @Test("A date without a year is of the last year in which it is not later than now")
    func years() {
        func time(_ date: String, latest: Int64, zone: Int64 = 0) -> LogTime? {
            CollectingSink.read("\(date) host xen: (XEN) \(Self.line)\n", options: .init(latest: latest, zoneOffset: zone)).found.records.first?.time
        }
        // 2027-01-02.
        #expect(time("Dec 31 23:59:59", latest: 1_798_848_000_000_000) == .date(1_798_761_599_000_000))
        #expect(time("Jan  1 00:00:00", latest: 1_798_848_000_000_000) == .date(1_798_761_600_000_000))
        #expect(time("Jan  1 00:00:00", latest: 1_798_848_000_000_000, zone: 3_600_000_000) == .date(1_798_758_000_000_000))
        #expect(time("Feb 29 00:00:00", latest: 1_798_848_000_000_000) != nil)
    }

    @Test("The journal is read as it is exported, as text, with lengths, and as JSON")
    func journal() throws {
        let fields = "__CURSOR=s=1\n__REALTIME_TIMESTAMP=1795198539000000\n_BOOT_ID=0123\n"
        let text = fields + "MESSAGE=(XEN) \(Self.line)\n_HOSTNAME=host7\nPRIORITY=6\n\n"
        let (found, reader) = CollectingSink.read(text + text)
        #expect(found.records.map(\.record) == [Self.record, Self.record] && found.records.allSatisfy { $0.time == Self.time })
        #expect(reader.hosts == [Array("host7".utf8)])
        // By its length: several lines, and a byte that no text has. The fields behind it are read all the same.
        let message = Array("(XEN) \(Self.line)\n(XEN) Flask: \u{1}x\n".utf8) + [0xff]
        let length = (0..<8).map { UInt8(truncatingIfNeeded: message.count >> ($0 * 8)) }
        let binary = Array((fields + "MESSAGE\n").utf8) + length + message + Array("\n_HOSTNAME=host8\n\n".utf8) + Array(text.utf8)
        for cut in stride(from: 0, to: binary.count, by: 7) {
            let (found, reader) = CollectingSink.read(binary, cuts: [cut])
            #expect(found.records.map(\.record) == [Self.record, Self.record] && found.notices.count == 1, "cut at \(cut)")
            #expect(reader.hosts == [Array("host8".utf8), Array("host7".utf8)])
        }
        let object = #"{"__REALTIME_TIMESTAMP":"1795198539000000","_HOSTNAME":"host7","MESSAGE":"(XEN) \#(Self.line)"}"#
        let array = #"{"MESSAGE":[\#(Array("(XEN) \(Self.line)".utf8).map(String.init).joined(separator: ","))],"_HOSTNAME":"host7","__REALTIME_TIMESTAMP":"1795198539000000"}"#
        let json = CollectingSink.read(object + "\n" + array + "\n")
        #expect(json.found.records.map(\.record) == [Self.record, Self.record] && json.found.records.allSatisfy { $0.time == Self.time })
        #expect(json.reader.hosts == [Array("host7".utf8)])
        // An end that never comes, and a length beyond all.
        let endless = Array((fields + "MESSAGE\n").utf8) + [UInt8](repeating: 0xff, count: 8) + message
        #expect(CollectingSink.read(endless).found.records.map(\.record) == [Self.record])
    }

    // MARK: Damage

    @Test("A line in two pieces is one decision, wherever it was cut, with other lines between the pieces")
    func twoPieces() {
        for cut in 5..<Self.line.utf8.count {
            let bytes = Array(Self.line.utf8)
            let (first, second) = (String(decoding: bytes[..<cut], as: UTF8.self), String(decoding: bytes[cut...], as: UTF8.self))
            for between in ["", "(XEN) mm.c:123: something else\n", "[    1.5] Linux says something\n"] {
                let (found, reader) = CollectingSink.read("(XEN) \(first)\n\(between)(XEN) \(second)\n")
                let isWhole = found.records.map(\.record) == [Self.record]
                // What ends within the class is a decision of another class by all that can be known.
                let isInClass = cut > bytes.count - 3
                #expect(isWhole && found.joined == [true] || isInClass && found.records.count == 1 || found.unread.first?.reason == .cut, "cut at \(cut)")
                if cut > 20, cut < bytes.count - 8 { #expect(isWhole, "cut at \(cut): \(reader.counts)") }
            }
        }
    }

    @Test("Lines of two processors in one another are two decisions")
    func interleaved() {
        let half = Self.line.utf8.count / 2
        let bytes = Array(Self.line.utf8)
        let (first, second) = (String(decoding: bytes[..<half], as: UTF8.self), String(decoding: bytes[half...], as: UTF8.self))
        let found = CollectingSink.read("(XEN) \(first)(XEN) \(Self.line)\n\(second)\n").found
        #expect(found.records.map(\.record) == [Self.record, Self.record] && found.joined == [false, true])
        let two = CollectingSink.read("(XEN) \(Self.line)(XEN) [    1.000001] \(Self.line)\n").found
        #expect(two.records.map(\.record) == [Self.record, Self.record] && two.records.last?.time == .sinceStart(1_000_001))
    }

    @Test("What is too long for Xen's buffer is read with what it says in the middle")
    func overflow() throws {
        let long = Array("u:r:".utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: 2_000)
        var record = Self.record
        record.source = .text(long)
        let text = String(decoding: AuditForm(of: .newest).text(of: record), as: UTF8.self)
        let found = CollectingSink.read("(XEN) \(text)\n").found
        let read = try #require(found.records.first?.record)
        guard case .text(let context) = read.source else { throw NoContext() }
        #expect(context == Array(long.prefix(1_023 - "scontext=".count)) && read.target == Self.record.target && found.joined == [true])
    }
    struct NoContext: Error {}

    @Test("What a guest prints and what Linux denies is told apart", arguments: [
        ("(XEN) [   10.879329] (d1) avc:  denied  { x } for source=d0 target=d1 scontext=a:b:c tcontext=a:b:c tclass=mmu", UnreadLine.Reason.guest),
        ("(d1) (XEN) avc:  denied  { x } for source=d0 target=d1 scontext=a:b:c tcontext=a:b:c tclass=mmu", .guest),
        ("(d12) avc:  denied  { x } for source=d0 target=d1 scontext=a:b:c tcontext=a:b:c tclass=mmu", .guest),
        ("Nov 20 18:15:39 dom0 kernel: audit: type=1400 audit(1.2:3): avc:  denied  { read } for  pid=1 comm=\"x\" scontext=a:b:c tcontext=a:b:c tclass=file permissive=0", .linux),
        ("avc:  denied  { read } for  pid=1 scontext=a:b:c tcontext=a:b:c tclass=file", .linux),
        ("type=USER_AVC msg=audit(1.2:3): avc:  denied  { start } for auid=n/a uid=0 scontext=a:b:c tcontext=a:b:c tclass=service", .linux),
        ("(XEN) avc:  denied { what is this", .cut), ("(XEN) avc:  refused { x } for", .garbled),
    ])
    func others(line: String, reason: UnreadLine.Reason) {
        let found = CollectingSink.read(line + "\n").found
        #expect(found.records.isEmpty && found.unread.map(\.reason) == [reason], "\(found)")
    }

    @Test("What Flask says beside decisions has its kind", arguments: [
        ("Xen version 4.17.7 (@) (gcc (Debian 12.2.0) 12.2.0) debug=y", FlaskNotice.Kind.start), ("XSM Framework v1.0.1 initialized", .policy),
        ("Flask:  4 users, 3 roles, 39 types, 2 bools", .policy), ("Flask: 128 avtab hash slots, 288 rules.", .policy),
        ("Flask:  Starting in enforcing mode.", .mode), ("Flask:  Access controls disabled until policy is loaded.", .mode),
        ("Flask:  policydb version 31 does not match my version range 15-30", .refusal), ("Flask: ebitmap: truncated map", .refusal),
        ("Flask:  class 13 is incorrect, found argox but should be argo", .refusal), ("FLASK: Denying unknown domctl: 23.", .unknownOperation),
        ("Flask: op=security_compute_av reason=bounds scontext=a:b:c tcontext=a:b:c tclass=mmu perms=a,b", .bounds),
        ("Unable to load FLASK policy", .panic),
    ])
    func notices(text: String, kind: FlaskNotice.Kind) {
        let found = CollectingSink.read("(XEN) [    0.000001] \(text)\n").found
        #expect(found.notices == [FlaskNotice(kind, Array(text.utf8), time: .sinceStart(1), line: 1)])
    }

    @Test("Each start of a hypervisor is counted, and its release known")
    func starts() {
        let start = "(XEN) Xen version 4.1%.7 (@) (gcc)\n"
        let log = ["6", "9"].map { start.replacingOccurrences(of: "%", with: $0) + "(XEN) \(Self.line)\n" }.joined()
        let (found, reader) = CollectingSink.read(log)
        #expect(found.records.map(\.boot) == [0, 1] && reader.release == XenRelease("4.19"))
        #expect(CollectingSink.read("(XEN) \(Self.line)\n" + log).found.records.map(\.boot) == [0, 1, 2])
    }

    @Test("A line beyond the limit is none, and what is behind it is read")
    func tooLong() {
        let long = String(repeating: "x", count: LogReader.lineLimit)
        let (found, reader) = CollectingSink.read("(XEN) avc:  denied  { \(long)\n(XEN) \(Self.line)\n\(long)\n")
        #expect(found.records.count == 1 && found.unread.map(\.reason) == [.tooLong] && reader.counts.lines == 3)
        #expect(found.unread.allSatisfy { $0.text.count <= UnreadLine.keptBytes })
    }
}
