public import JSON

/// A device model that runs, and what it was to be: kept by its launcher as long as it runs.
public struct LaunchRecord: Hashable, Sendable {
    /// Its process.
    public let process: Int32
    /// When that began, in the kernel's ticks since the machine did: a number of a process is given again.
    public let start: UInt64
    /// The domain whose device model it is; nil where it is none.
    public let domain: UInt16?
    public let plan: RestrictionPlan
    /// Files that it was handed while it ran, by their paths: a CD that was put in, a file that its state was saved to.
    public var handedOver: [String] = []

    public init(process: Int32, start: UInt64, domain: UInt16? = nil, plan: RestrictionPlan) {
        self.process = process
        self.start = start
        self.domain = domain
        self.plan = plan
    }

    public var json: JSONValue {
        var record = JSONObject([
            .init("version", 1), .init("process", .integer(Int64(process))), .init("start", .string("\(start)")),
        ])
        record["domain"] = domain.map { .integer(Int64($0)) } ?? .null
        record["handedOver"] = .array(handedOver.map { .string($0) })
        record["plan"] = plan.json
        return .object(record)
    }

    /// Throws ``PlanTextMistake``.
    public init(json: JSONValue) throws(PlanTextMistake) {
        let reader = try PlanReader(json, "record")
        guard try reader.number("version") == 1 else { throw reader.mistake("version", "1") }
        self.init(
            process: try reader.number("process"), start: try reader.number("start"),
            domain: reader.has("domain") ? try reader.number("domain") as UInt16 : nil,
            plan: try RestrictionPlan(json: reader.object["plan"] ?? .null))
        handedOver = try reader.strings("handedOver")
    }

    /// When a process began, in what `/proc/PID/stat` says: the 22nd of its words, of which the second is in brackets and may hold any.
    static func start(inStatus text: String) -> UInt64? {
        guard let bracket = text.lastIndex(of: ")") else { return nil }
        let words = text[text.index(after: bracket)...].split(separator: " ")
        return words.count > 19 ? UInt64(words[19]) : nil
    }
}
