extension Chapter {
    /// What of a run was not as the chapter says, each with its place; empty where all was.
    static func complaints(_ run: ChapterRun, of page: String) -> [String] {
        var complaints: [String] = []
        for (index, outcome) in run.outcomes.enumerated() {
            let place = "\(page):\(outcome.command.line): `\(outcome.command.text)`"
            guard let status = outcome.status else {
                complaints.append("\(place) was not come to its end" + (outcome.output.isEmpty ? "" : ": it printed\n" + outcome.output.prefix(20).joined(separator: "\n")))
                break
            }
            let next = index + 1 < run.outcomes.count ? run.outcomes[index + 1].command : nil
            if status != 0, next?.tellsStatus != true {
                complaints.append("\(place) has ended with \(status), and no `echo $?` follows that says so; it printed\n" + outcome.output.prefix(40).joined(separator: "\n"))
            } else if !outcome.command.output.matches(outcome.output) {
                complaints.append("\(place) printed something else (-: expected, +: printed)\n" + outcome.command.output.difference(from: outcome.output))
            }
        }
        if run.isOverdue { complaints.append("\(page): it took more than \(ChapterRun.limit) seconds, and was ended") }
        for leftover in run.leftovers { complaints.append("\(page): this was left running: \(leftover)") }
        return complaints
    }
}
