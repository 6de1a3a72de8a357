import DMRestrict

extension RestrictionPlan {
    /// The plan, for people: what is done in which order, and what each step defends against.
    var text: String {
        var text = "\(name): \(([program] + arguments).joined(separator: " "))\n"
        text += "  namespaces   \(namespaces.names.joined(separator: " "))\n"
        for step in steps {
            text += "  " + step.name.padded(to: 18) + step.details + "\n"
            text += "  " + "".padded(to: 18) + "so that " + step.reason + "\n"
        }
        for waiver in waivers { text += "  WAIVED " + waiver.step + ": " + waiver.reason + "\n" }
        for step in covered { text += "  COVERED " + step.step + " by " + step.by + ": " + step.reason + "\n" }
        return text
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { count < width ? self + String(repeating: " ", count: width - count) : self + " " }
}
