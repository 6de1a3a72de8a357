public import JSON

extension ProfileProposal {
    /// All of it, for programs.
    public var json: JSONValue {
        [
            "by": .string(method.rawValue), "sufficient": .boolean(isSufficient), "count": .integer(Int64(clamping: count)),
            "needed": .array(
                needed.map { proposed in
                    var object = JSONObject([
                        JSONObject.Member("phase", .string(proposed.phase.rawValue)), JSONObject.Member("call", .string(proposed.rule.name)),
                        JSONObject.Member("line", .string(proposed.rule.text)),
                    ])
                    object["obstacle"] = proposed.obstacle.map { .string($0) } ?? .null
                    return .object(proposed.tally.members(of: object))
                }),
            "refusedForGood": .array(
                refused.map { call in
                    let object = JSONObject([
                        JSONObject.Member("phase", .string(call.phase.rawValue)), JSONObject.Member("call", .string(call.name)),
                        JSONObject.Member("reason", .string(call.reason)),
                    ])
                    return .object(call.tally.members(of: object))
                }),
            "notSeen": unused.map { .array($0.map { ["line": .integer(Int64($0.line)), "text": .string($0.text)] }) } ?? .null,
            "hasLosses": .boolean(hasLosses), "omitted": ["count": .integer(Int64(clamping: omittedCount)), "calls": .array(omitted.map { .string($0) })],
        ]
    }
}

extension CallTally {
    fileprivate func members(of object: JSONObject) -> JSONObject {
        var object = object
        object["count"] = .integer(Int64(clamping: count))
        object["threads"] = .array(threads.map { .string($0.description) })
        return object
    }
}
