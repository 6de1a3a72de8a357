extension AnalysedPolicy {
    /// What the policy holds of a kind, by name, devices in the order in which they are searched; those that a pattern names. A number
    /// names the interrupt, port, frame or device with it.
    public func inventory(of kind: InventoryKind, _ pattern: NamePattern? = nil) throws(QuestionMistake) -> [InventoryEntry] {
        var found = InventorySelection(pattern)
        try InventoryLister(self, for: kind).list(kind, &found)
        guard let pattern, found.entries.isEmpty, !pattern.isExpression else { return found.entries }
        throw pattern.unknown(among: found.seen, what: kind.subject)
    }
}
