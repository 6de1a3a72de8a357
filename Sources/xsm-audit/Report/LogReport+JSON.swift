import AuditLog
import AuditReports
import Flask
import JSON
import LogFiles

extension LogReport {
    func write(_ json: inout JSONWriter) {
        json.object { json in
            json.member("version", 1)
            json.member("denied", Int(clamping: denied))
            json.member("granted", Int(clamping: granted))
            json.member("joined", Int(clamping: joined))
            json.member("untold", Int(clamping: tally.untold))
            json.member("logs", array: { json in for log in logs { json.object { Self.write(log, &$0) } } })
            json.member("groups", array: { json in for group in groups.prefix(shown) { json.object { write(group, &$0) } } })
            json.member("notices", array: { json in
                for kind in FlaskNotice.Kind.allCases {
                    guard let count = tally.noticeCounts[kind] else { continue }
                    json.object { json in
                        json.member("kind", kind.rawValue)
                        json.member("count", Int(clamping: count))
                        json.member("examples", array: { json in for notice in tally.notices where notice.kind == kind { json.value(notice.text[...]) } })
                    }
                }
            })
            json.member("unread", array: { json in
                for (reason, count) in unread {
                    json.object { json in
                        json.member("reason", reason.rawValue)
                        json.member("count", Int(clamping: count))
                        json.member("examples", array: { json in
                            for line in tally.unreadLines where line.reason == reason {
                                json.object { json in
                                    json.member("line", Int(clamping: line.line))
                                    json.member("text", line.text[...])
                                }
                            }
                        })
                    }
                }
            })
            Self.write("dateAxis", tally.dates, &json)
            Self.write("startAxis", tally.starts, &json)
        }
    }

    private static func write(_ log: Logs.Summary, _ json: inout JSONWriter) {
        json.member("path", log.path)
        json.member("bytes", Int(clamping: log.counts.bytes))
        json.member("lines", Int(clamping: log.counts.lines))
        json.member("decisions", Int(clamping: log.counts.decisions))
        json.member("release", log.release?.description)
        json.member("starts", log.boots + 1)
        json.member("failure", log.failure?.message)
    }

    private static func write(_ key: String, _ axis: TimeAxis?, _ json: inout JSONWriter) {
        json.key(key)
        guard let axis else { return json.null() }
        json.object { json in
            json.member("from", Int(axis.start))
            json.member("width", Int(axis.width))
            json.member("count", TimeAxis.count)
        }
    }

    private func write(_ group: DenialGroup, _ json: inout JSONWriter) {
        json.member("verdict", group.verdict.rawValue)
        json.member("source", group.source.bytes[...])
        json.member("target", group.target.bytes[...])
        json.member("class", group.objectClass.bytes[...])
        json.member("count", Int(clamping: group.count))
        json.member("permissions", array: { json in
            for permission in group.permissions {
                json.object { json in
                    json.member("name", permission.name.bytes[...])
                    json.member("count", Int(clamping: permission.count))
                }
            }
        })
        json.member("first", object: { write(group.first, &$0) })
        json.member("last", object: { write(group.last, &$0) })
        write(group.domains.map { ($0.pair, $0.count) }, &json)
        json.member("otherDomains", Int(clamping: group.otherDomains))
        json.member("objects", array: { json in for object in group.objects { json.value(object.words) } })
        json.member("hasMoreObjects", group.hasMoreObjects)
        json.member("hosts", array: { json in for host in group.hosts { json.value(host[...]) } })
        Self.write("dateCounts", group.dateCounts, &json)
        Self.write("startCounts", group.startCounts, &json)
        json.member("contexts", array: { json in for cell in group.cells { json.object { write(cell, &$0) } } })
    }

    private static func write(_ key: String, _ counts: [UInt32], _ json: inout JSONWriter) {
        json.member(key, array: { json in for count in counts { json.value(Int(count)) } })
    }

    /// Which domains it were, by both of their numbers and names, as the member `domains`.
    func write(_ counts: [(pair: DomainPair, count: UInt64)], _ json: inout JSONWriter) {
        json.member("domains", array: { json in
            for domains in counts {
                json.object { json in
                    names.write("sourceDomain", domains.pair.source, &json)
                    names.write("targetDomain", domains.pair.target, &json)
                    json.member("count", Int(clamping: domains.count))
                }
            }
        })
    }

    func write(_ sight: DenialCell.Sight, _ json: inout JSONWriter) {
        json.member("log", sight.log < logs.count ? logs[sight.log].path : nil)
        // A store does not know lines.
        json.member("line", sight.line == 0 ? nil : Int(clamping: sight.line))
        json.member("start", sight.boot + 1)
        json.member("time", sight.time.timestamp)
        json.key("sinceStart")
        if case .sinceStart(let time) = sight.time { json.value(Double(time) / 1_000_000) } else { json.null() }
    }

    private func write(_ cell: DenialCell, _ json: inout JSONWriter) {
        json.member("source", Self.bytes(cell.record.source)[...])
        json.member("target", Self.bytes(cell.record.target)[...])
        json.member("permissions", array: { json in for name in cell.record.permissions { json.value(name.bytes[...]) } })
        json.member("unnamedPermissions", Int(cell.record.unnamedPermissions))
        json.member("count", Int(clamping: cell.count))
    }

    /// A context as a line has it.
    static func bytes(_ context: AuditRecord.Context) -> [UInt8] {
        switch context {
        case .text(let text): text
        case .identifier(let sid): Array("sid \(Int32(bitPattern: sid.rawValue))".utf8)
        }
    }
}

extension DomainNames {
    /// A domain as two members, its number and its name; null where a line does not tell it, or nobody told its name.
    func write(_ key: String, _ domain: DomainIdentifier?, _ json: inout JSONWriter) {
        json.member(key, domain.map { Int($0.rawValue) })
        json.member(key + "Name", domain.flatMap { self[$0] }?[...])
    }
}
