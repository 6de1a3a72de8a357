/// Why a text is no plan.
public struct PlanTextMistake: Error, Hashable, Sendable {
    /// Where: `plan.steps[3].uid`.
    public let place: String
    /// What should stand there.
    public let wanted: String

    init(place: String, wanted: String) {
        self.place = place
        self.wanted = wanted
    }
}
