import AuditAnalysis
import AuditLog
import AuditReports
import Flask
import JSON
import PolicyAnalysis
import PolicyReports
import Reports

/// What `xsm-audit replay` has found.
struct ReplayReport: Report {
    /// How times, lines and domains are told.
    let log: LogReport
    let replay: LogReplay
    /// Decisions of more kinds than are told apart: nobody knows what becomes of them.
    let untold: UInt64
    /// So many kinds of each outcome are told; 0 for all.
    let limit: Int
    let policy: AnalysedPolicy

    static func words(_ verdict: ReplayVerdict) -> String {
        switch verdict {
        case .newlyDenied: "granted, and would be denied"
        case .stillDenied: "denied, and would be again"
        case .allowedInPart: "denied, and would be allowed in part"
        case .undecided: "the policy cannot be asked about them"
        case .permissive: "would be told of as denied, and done all the same"
        case .nowAllowed: "denied, and would be allowed"
        case .stillGranted: "granted, and would be again"
        }
    }

    /// The outcomes that there are, with what has each.
    private var parts: [(verdict: ReplayVerdict, count: UInt64, cells: [ReplayedCell])] {
        ReplayVerdict.allCases.compactMap { verdict in
            let cells = replay.cells.filter { $0.verdict == verdict }
            return cells.isEmpty ? nil : (verdict, replay.counts[verdict, default: 0], cells)
        }
    }

    // MARK: Text

    func write(_ text: inout AnswerText) {
        ExplainReport.write(replay.mismatch, &text)
        if replay.cells.isEmpty { text.line("there are no decisions") }
        for (verdict, count, cells) in parts {
            text.line("\(count) \(Self.words(verdict))")
            let shown = cells.prefix(limit)
            for cell in shown { write(cell, &text) }
            if shown.count < cells.count { text.line("  … and \(cells.count - shown.count) more kinds: `--limit 0` shows all") }
        }
        if untold > 0 { text.line("\(untold) of more kinds than are told apart (\(DenialTally.cellLimit)) are not replayed") }
    }

    private func write(_ entry: ReplayedCell, _ text: inout AnswerText) {
        text.append("  ")
        ExplainReport.writeHead(entry.cell, &text)
        if entry.verdict == .allowedInPart || entry.verdict == .newlyDenied {
            let denied = entry.permissions.filter { $0.isAllowed == false }.map(\.name.description)
            if denied.count < entry.permissions.count { text.line("      still denied: \(denied.joined(separator: " "))") }
        }
        for cause in entry.lacks { CauseReport.write(cause, indented: "      ", &text) }
    }

    // MARK: JSON

    func write(_ json: inout JSONWriter) {
        let names = StatementNames(policy.policy)
        json.object { json in
            json.member("version", 1)
            json.member("wouldDeny", replay.wouldDeny)
            json.member("untold", Int(clamping: untold))
            CauseReport.write(replay.mismatch, &json)
            json.member("outcomes", array: { json in
                for (verdict, count, cells) in parts {
                    json.object { json in
                        json.member("outcome", verdict.rawValue)
                        json.member("count", Int(clamping: count))
                        json.member("kinds", cells.count)
                        json.member("decisions", array: { json in
                            for entry in cells.prefix(limit) { json.object { write(entry, names, &$0) } }
                        })
                    }
                }
            })
        }
    }

    private func write(_ entry: ReplayedCell, _ names: StatementNames, _ json: inout JSONWriter) {
        ExplainReport.write(entry.cell, log, &json)
        json.member("permissions", array: { json in
            for permission in entry.permissions {
                json.object { json in
                    json.member("name", permission.name.bytes[...])
                    json.member("allowed", permission.isAllowed)
                }
            }
        })
        CauseReport.write(entry.lacks, names, &json)
    }
}
