import Diagnostics
import Flask
import JSON
import PolicyAnalysis
import PolicyReports
import Reports

/// How `xsm-policy label --coverage` tells which devices a policy labels.
struct CoverageReport: Report {
    let coverage: LabelCoverage

    // MARK: Text

    func write(_ text: inout AnswerText) {
        if coverage.entries.isEmpty { text.line("# the policy labels no devices") }
        for entry in coverage.entries {
            text.append(entry.statement.text)
            if let device = entry.device { text.append(" # \(device.description)") }
            text.endLine()
        }
        guard !coverage.mistakes.isEmpty else { return }
        text.endLine()
        for mistake in coverage.mistakes { write(mistake, &text) }
        if coverage.hasMoreMistakes { text.line("there are more, which are not listed") }
        if coverage.mistakes.contains(where: { $0.winner != nil }) {
            text.line("of two statements Xen \(coverage.release) takes the one that it finds first; of a policy's order nobody should have to know: make them disjoint")
        }
    }

    private func write(_ mistake: LabelCoverage.Mistake, _ text: inout AnswerText) {
        text.append("mistake: ")
        text.append(mistake.statement.text)
        writePlace(mistake.statement, &text)
        text.endLine()
        switch mistake.kind {
        case .duplicate, .overlap:
            text.append("  \(mistake.shared.map { "\($0) belongs to" } ?? "all of it belongs to") ")
            if let winner = mistake.winner {
                text.append(winner.text)
                writePlace(winner, &text)
            }
            text.append(mistake.isHarmless ? ", with the same context" : "")
            text.endLine()
        case .empty: text.line("  it ends before it begins: it is about nothing")
        case .interruptTooHigh(let number): text.line("  Xen keeps 16 bits of the number: it is about interrupt \(number)")
        case .frameTooHigh(let version): text.line("  version \(version) keeps 32 bits of a frame's number: compile for Xen 4.6 or later, with version 30")
        case .outOfRange: text.line("  no machine has them: are these bytes where frames should be?")
        }
    }

    private func writePlace(_ entry: SearchAnswer.Entry, _ text: inout AnswerText) {
        if let place = entry.places?.first { text.append(" (\(place.location.file):\(place.location.line))") }
    }

    // MARK: JSON

    func write(_ json: inout JSONWriter) {
        json.object { json in
            json.member("version", 1)
            json.member("release", coverage.release.description)
            json.member("labels", array: { json in
                for entry in coverage.entries {
                    json.object { json in
                        json.member("kind", entry.statement.found.statement.kind.rawValue)
                        Self.write(entry.statement, &json)
                        json.member("device", entry.device?.description)
                        if let device = entry.device { LabelReport.write(device, &json) }
                    }
                }
            })
            json.member("mistakes", array: { json in
                for mistake in coverage.mistakes { json.object { Self.write(mistake, &$0) } }
            })
            json.member("hasMoreMistakes", coverage.hasMoreMistakes)
        }
    }

    private static func write(_ mistake: LabelCoverage.Mistake, _ json: inout JSONWriter) {
        json.member("kind", mistake.kind.word)
        write(mistake.statement, &json)
        guard let winner = mistake.winner else { return }
        json.member("winner", object: { write(winner, &$0) })
        json.member("shared", mistake.shared)
        json.member("sameContext", mistake.isHarmless)
    }

    private static func write(_ entry: SearchAnswer.Entry, _ json: inout JSONWriter) {
        json.member("statement", entry.text[...])
        StatementReport.write(entry.places, &json)
    }
}

extension LabelCoverage.Mistake.Kind {
    /// The word for programs.
    fileprivate var word: String {
        switch self {
        case .duplicate: "duplicate"
        case .overlap: "overlap"
        case .empty: "empty"
        case .interruptTooHigh: "interrupt-too-high"
        case .frameTooHigh: "frame-too-high"
        case .outOfRange: "out-of-range"
        }
    }
}
