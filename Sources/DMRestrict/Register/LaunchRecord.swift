public import JSON

/// A device model that runs, and what it was to be: kept by its launcher as long as it runs.
public struct LaunchRecord: Hashable, Sendable {
    /// Its process.
    public let process: Int32
    /// When that began, in the kernel's ticks since the machine did: a number of a process is given again.
    public let start: UInt64
    public let plan: RestrictionPlan

    public init(process: Int32, start: UInt64, plan: RestrictionPlan) {
        self.process = process
        self.start = start
        self.plan = plan
    }

    public var json: JSONValue {
        ["version": 1, "process": .integer(Int64(process)), "start": .string("\(start)"), "plan": plan.json]
    }

    /// Throws ``PlanTextMistake``.
    public init(json: JSONValue) throws(PlanTextMistake) {
        let reader = try PlanReader(json, "record")
        guard try reader.number("version") == 1 else { throw reader.mistake("version", "1") }
        self.init(
            process: try reader.number("process"), start: try reader.number("start"),
            plan: try RestrictionPlan(json: reader.object["plan"] ?? .null))
    }

    /// When a process began, in what `/proc/PID/stat` says: the 22nd of its words, of which the second is in brackets and may hold any.
    static func start(inStatus text: String) -> UInt64? {
        guard let bracket = text.lastIndex(of: ")") else { return nil }
        let words = text[text.index(after: bracket)...].split(separator: " ")
        return words.count > 19 ? UInt64(words[19]) : nil
    }
}
