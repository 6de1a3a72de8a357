import JSON

@testable import DMRestrict

/// A plan from any bytes: what is read is written as what it was, and can be compared with a process of which nothing is known.
func exercise(_ bytes: [UInt8]) {
    guard let value = try? JSONValue(parsing: bytes) else { return }
    do throws(PlanTextMistake) {
        let plan = try RestrictionPlan(json: value)
        claim("what is written is read as what it was", (try? RestrictionPlan(json: plan.json)) == plan)
        let read = try? JSONValue(parsing: plan.json.bytes())
        claim("by way of bytes as well", read.flatMap { try? RestrictionPlan(json: $0) } == plan)
        claim("nobody is as planned of whom nothing is known", plan.audit(ProcessFacts(), atStart: true).contains { !$0.isAsPlanned })
    } catch {
        claim("a mistake has a place and words", !error.place.isEmpty && !error.wanted.isEmpty)
    }
}
