extension ProfileProposal {
    /// The difference from the profile, line by line: `+` what would be needed, `-` what was not used, `!` what is refused for good.
    public var differenceLines: [String] {
        var lines: [String] = []
        for phase in SystemCallProfile.Phase.allCases {
            let needed = needed.filter { $0.phase == phase }
            let refused = refused.filter { $0.phase == phase }
            let section = phase == .start ? profile.start : profile.running
            let unused = (unused ?? []).filter { rule in section.contains { $0.line == rule.line } }
            if !(needed.isEmpty && refused.isEmpty && unused.isEmpty) { lines.append("[\(phase.rawValue)]") }
            lines += needed.map { "+ \($0.rule.text)  # \($0.tally.text)\($0.obstacle.map { "; NOT WRITTEN: \($0)" } ?? "")" }
            lines += refused.map { "! \($0.name)  # \($0.tally.text); refused for good, NOT WRITTEN, \(method == .notification ? "not done" : "but done here"): \($0.reason)" }
            lines += unused.map { "- \($0.text)  # not seen in this run" }
        }
        if omittedCount > 0 {
            let names = omitted.isEmpty ? "" : ", of " + omitted.map { "`\($0)`" }.joined(separator: " ")
            lines.append("? \(omittedCount) more calls differ from those above\(names): there are more kinds than are kept")
        }
        if hasLosses { lines.append("? the kernel's log has lost some meanwhile: trace it again, or by notification") }
        return lines
    }

    /// The text of the profile with the lines that would be needed, which nobody can use as it is: the parser refuses each of them until it
    /// has a reason.
    ///
    /// `original` is the profile's text. Throws ``ProfileMistake`` where it would be longer than a profile may be.
    public func text(of original: [UInt8]) throws(ProfileMistake) -> [UInt8] {
        var lines = original.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { Array($0) }
        // From behind, so that the numbers of lines hold.
        for (phase, place) in places(lines).sorted(by: { $0.value > $1.value }) {
            let added = written.filter { $0.phase == phase }.flatMap { proposed in
                [
                    "# xsm-launch trace: \(proposed.tally.text). Say why it is needed, or take the line out.",
                    "\(proposed.rule.text)  #",
                ]
            }
            lines.insert(contentsOf: added.map { Array($0.utf8) }, at: place)
        }
        let text = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
        guard text.count <= ProfileParser.maximumSize else {
            throw ProfileMistake(line: 0, what: .tooLong("the profile with what would be needed", limit: ProfileParser.maximumSize))
        }
        return text
    }

    /// Behind which line each section's last rule stands, or its beginning.
    private func places(_ lines: [[UInt8]]) -> [SystemCallProfile.Phase: Int] {
        var places: [SystemCallProfile.Phase: Int] = [:]
        var section: SystemCallProfile.Phase?
        for (index, line) in lines.enumerated() {
            var words = ProfileWords(line.prefix { $0 != UInt8(ascii: "#") })
            guard let first = words.next() else { continue }
            if first == "[" { section = words.next().flatMap { SystemCallProfile.Phase(rawValue: $0) } }
            if let section { places[section] = index + 1 }
        }
        return places
    }
}
