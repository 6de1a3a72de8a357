import AuditLog
import CLinux
import Commands
import Files
import Glibc
import Reports

/// What is seen of decisions while they come: on a terminal a table that is drawn anew, else a line for each alert.
struct WatchView {
    let names: DomainNames
    let format: TextFormat
    /// What has come since the start.
    var tally = DenialTally()
    private let isDrawn: Bool
    private var recent: [String] = []
    private var drawnAt: UInt64 = 0
    private var drawnCount: UInt64 = .max

    init(names: DomainNames, format: TextFormat, isQuiet: Bool) {
        self.names = names
        self.format = format
        isDrawn = !isQuiet && format == .text && isatty(STDOUT_FILENO) == 1
    }

    /// Tells an alert.
    mutating func tell(_ line: String, _ json: [UInt8]) throws(CommandFailure) {
        if isDrawn {
            recent.append(line)
            if recent.count > 8 { recent.removeFirst() }
            drawnCount = .max
            return
        }
        try write(format == .json ? json : Array(line.utf8) + [UInt8(ascii: "\n")])
    }

    /// Draws the table, a second after the last time at the earliest, unless nothing has come.
    mutating func show(isLast: Bool) throws(CommandFailure) {
        let now = linux_nanoseconds()
        guard isDrawn, isLast || now - drawnAt >= 1_000_000_000, drawnCount != tally.decisions else { return }
        drawnAt = now
        drawnCount = tally.decisions
        let groups = tally.groups()
        let report = LogReport(logs: [], tally: tally, groups: groups, shown: min(groups.count, 15), names: names, isFull: false)
        var text = AnswerText()
        text.line("\(tally.decisions) decisions since it began")
        report.writeGroups(&text)
        if !recent.isEmpty {
            text.endLine()
            for line in recent { text.line(line) }
        }
        try write(Array("\u{1b}[H\u{1b}[2J".utf8) + text.bytes)
    }

    private func write(_ bytes: [UInt8]) throws(CommandFailure) {
        do throws(FileError) {
            try Files.write(bytes, to: STDOUT_FILENO)
        } catch {
            throw .unwritable(error)
        }
    }
}
