import AuditLog
import Flask
import Reports

/// What logs hold, as `xsm-audit report` tells it.
struct LogReport: Report {
    let logs: [Logs.Summary]
    let tally: DenialTally
    /// Most often first; so many of them are shown.
    let groups: [DenialGroup]
    let shown: Int
    let names: DomainNames
    let isFull: Bool

    var denied: UInt64 { groups.reduce(0) { $0 + ($1.verdict == .denied ? $1.count : 0) } }
    var granted: UInt64 { logs.reduce(0) { $0 + $1.counts.granted } }
    var joined: UInt64 { logs.reduce(0) { $0 + $1.counts.joined } }
    var lines: UInt64 { logs.reduce(0) { $0 + $1.counts.lines } }

    /// How many lines could not be read, by reason.
    var unread: [(reason: UnreadLine.Reason, count: UInt64)] {
        UnreadLine.Reason.allCases.compactMap { reason in
            let count = logs.reduce(0) { $0 + $1.counts.unread[reason, default: 0] }
            return count > 0 ? (reason, count) : nil
        }
    }

    /// What was read, in words.
    var sources: String {
        if let store = logs.first, store.isStore { return "\(store.counts.decisions) decision\(store.counts.decisions == 1 ? "" : "s") of `\(store.path)`" }
        return "\(lines) line\(lines == 1 ? "" : "s") of \(logs.count) log\(logs.count == 1 ? "" : "s")"
    }

    // MARK: Words

    /// A domain by its name, where that is known, and its number.
    func words(_ domain: DomainIdentifier) -> String {
        names[domain].map { "\(String(decoding: $0, as: UTF8.self)) (\(domain))" } ?? domain.description
    }

    func words(_ pair: DomainPair) -> String {
        switch (pair.source, pair.target) {
        case (let source?, let target?): "\(words(source)) → \(words(target))"
        case (let source?, nil): words(source)
        case (nil, let target?): "→ \(words(target))"
        case (nil, nil): "?"
        }
    }

    func words(_ sight: DenialCell.Sight) -> String {
        let boot = sight.boot > 0 ? "start \(sight.boot + 1), " : ""
        let log = logs.count > 1 && sight.log < logs.count ? logs[sight.log].path.split(separator: "/").last.map { "\($0):" } : nil
        // A store does not know lines.
        let line = sight.line == 0 ? "" : (log ?? "line ") + "\(sight.line)"
        switch sight.time {
        case .date: return sight.time.text ?? line
        case .sinceStart: return boot + (sight.time.text ?? line)
        case .unknown, .cycles: return boot + line
        }
    }

    static func words(_ reason: UnreadLine.Reason) -> String {
        switch reason {
        case .cut: "cut off, and what follows does not complete them"
        case .garbled: "with `avc:`, of no form that there is"
        case .tooLong: "longer than \(LogReader.lineLimit) bytes"
        case .guest: "printed by a guest, who is not believed"
        case .linux: "of Linux's SELinux, not of a hypervisor"
        }
    }

    static func words(_ kind: FlaskNotice.Kind) -> String {
        switch kind {
        case .start: "a hypervisor started"
        case .policy: "a policy was read"
        case .refusal: "a policy was refused"
        case .mode: "how decisions are enforced"
        case .unknownOperation: "an operation that Flask does not know was denied"
        case .bounds: "a type's bounds took permissions away"
        case .validation: "a change of context was forbidden"
        case .panic: "the hypervisor gave up"
        case .message: "other words of Flask's"
        }
    }
}
