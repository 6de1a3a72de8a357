import JSON

/// Takes a plan out of JSON, member by member.
struct PlanReader {
    let object: JSONObject
    /// Where it stands: `steps[3]`.
    let place: String

    init(_ value: JSONValue?, _ place: String) throws(PlanTextMistake) {
        guard let object = value?.object else { throw PlanTextMistake(place: place, wanted: "an object") }
        self.object = object
        self.place = place
    }

    private func member<Value>(_ name: String, _ wanted: String, _ read: (JSONValue) -> Value?) throws(PlanTextMistake) -> Value {
        guard let value = object[name].flatMap(read) else { throw PlanTextMistake(place: "\(place).\(name)", wanted: wanted) }
        return value
    }

    /// Whether a member that may be null is not. One that is missing is no mistake either.
    func has(_ name: String) -> Bool { (object[name] ?? .null) != .null }

    func string(_ name: String) throws(PlanTextMistake) -> String { try member(name, "a text") { $0.string } }

    func strings(_ name: String) throws(PlanTextMistake) -> [String] {
        try member(name, "a list of texts") { value in
            guard let strings = value.array?.map(\.string), !strings.contains(nil) else { return nil }
            return strings.compactMap { $0 }
        }
    }

    func truth(_ name: String) throws(PlanTextMistake) -> Bool { try member(name, "`true` or `false`") { $0.boolean } }

    func number<Number: FixedWidthInteger>(_ name: String) throws(PlanTextMistake) -> Number {
        // Numbers beyond what JSON's readers keep exactly are texts.
        try member(name, "a number of \(Number.bitWidth) bits") { value in
            value.integer.flatMap { Number(exactly: $0) } ?? value.string.flatMap { Number($0) }
        }
    }

    /// The objects of a list.
    func each(_ name: String) throws(PlanTextMistake) -> [PlanReader] {
        let elements = try member(name, "a list") { $0.array }
        var readers: [PlanReader] = []
        for (index, element) in elements.enumerated() { readers.append(try PlanReader(element, "\(place).\(name)[\(index)]")) }
        return readers
    }

    func mistake(_ name: String, _ wanted: String) -> PlanTextMistake { PlanTextMistake(place: "\(place).\(name)", wanted: wanted) }
}
