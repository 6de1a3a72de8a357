public import JSON

/// A whole message of a device model's.
public enum MachineMessage: Hashable, Sendable {
    /// What came of a command.
    public struct Answer: Hashable, Sendable {
        /// Nil where it has none, or one that is no number.
        public let id: Int64?
        public let result: Result<JSONValue, MachineRefusal>
    }

    case greeting(MachineGreeting)
    case answer(Answer)
    case event(MachineEvent)

    /// Throws ``MachineFailure`` where the value is none of them.
    init(_ value: JSONValue) throws(MachineFailure) {
        guard let message = value.object else { throw .unexpected("a message that is no object") }
        let id = message["id"]?.integer
        // What a message is, one member says.
        switch (message["QMP"], message["event"], message["return"], message["error"]) {
        case (let greeting?, nil, nil, nil): self = .greeting(try Self.greeting(greeting))
        case (nil, let event?, nil, nil): self = .event(try Self.event(event, message))
        case (nil, nil, let result?, nil): self = .answer(Answer(id: id, result: .success(result)))
        case (nil, nil, nil, let error?): self = .answer(Answer(id: id, result: .failure(try Self.refusal(error))))
        default: throw .unexpected("a message that is neither greeting nor answer nor event")
        }
    }

    private static func greeting(_ value: JSONValue) throws(MachineFailure) -> MachineGreeting {
        let version = value["version"]?["qemu"]
        let numbers = ["major", "minor", "micro"].compactMap { name -> Int? in
            guard let number = version?[name]?.integer, (0...9_999).contains(number) else { return nil }
            return Int(number)
        }
        guard numbers.count == 3, let capabilities = value["capabilities"]?.array, capabilities.count <= 64 else {
            throw .unexpected("a greeting without version and capabilities")
        }
        return MachineGreeting(
            major: numbers[0], minor: numbers[1], micro: numbers[2],
            // Newer ones may be more than names.
            capabilities: capabilities.compactMap(\.string))
    }

    private static func event(_ name: JSONValue, _ message: JSONObject) throws(MachineFailure) -> MachineEvent {
        guard let name = name.string, (1...64).contains(name.utf8.count), name.utf8.allSatisfy(isOfName) else {
            throw .unexpected("an event without a name")
        }
        let data = message["data"] ?? [:]
        guard let data = data.object else { throw .unexpected("an event whose data is no object") }
        let seconds = message["timestamp"]?["seconds"]?.integer
        return MachineEvent(name: name, data: data, seconds: seconds.flatMap { $0 < 0 ? nil : $0 })
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
    }

    private static func refusal(_ value: JSONValue) throws(MachineFailure) -> MachineRefusal {
        guard let kind = value["class"]?.string, let description = value["desc"]?.string else {
            throw .unexpected("an error without class and description")
        }
        return MachineRefusal(kind: kind, description: description)
    }
}
