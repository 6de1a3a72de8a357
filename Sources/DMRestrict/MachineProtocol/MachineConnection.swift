public import JSON

/// A conversation with a device model over a socket of bytes, by QEMU's machine protocol.
///
/// Nothing waits longer than it was given time. After any failure that ends the conversation (see ``MachineFailure``)
/// everything else fails with it: an answer that is late is nobody's.
public struct MachineConnection: ~Copyable {
    private var channel: MachineChannel
    private var machine: MachineProtocol
    /// What it told meanwhile, the oldest first, and how much was forgotten.
    private var events: [MachineEvent] = []
    public private(set) var forgottenEvents = 0

    /// Takes a connected socket, which is closed with this value. ``greet(within:)`` comes next.
    public init(owning descriptor: Int32, limits: MachineProtocolLimits = MachineProtocolLimits()) {
        channel = MachineChannel(owning: descriptor)
        machine = MachineProtocol(limits: limits)
    }

    /// Waits for the greeting, and settles that no capabilities are wanted.
    public mutating func greet(within time: Duration) throws(MachineFailure) -> MachineGreeting {
        let deadline = Deadline(in: time)
        while true {
            for message in try receive("its greeting", until: deadline) {
                guard case .greeting(let greeting) = message else { continue }
                _ = try perform(MachineProtocol.negotiation, until: deadline)
                return greeting
            }
        }
    }

    /// Has a command done, with a descriptor passed if there is one, which stays the caller's; what it returns.
    public mutating func perform(
        _ command: String, _ arguments: JSONObject = JSONObject(), passing descriptor: Int32? = nil, within time: Duration
    ) throws(MachineFailure) -> JSONValue {
        try perform(command, arguments, passing: descriptor, until: Deadline(in: time))
    }

    /// What was told without being asked for since the last time, the oldest first. What comes while nobody waits for an answer
    /// stays in the socket, and is taken first, without waiting.
    public mutating func takeEvents() throws(MachineFailure) -> [MachineEvent] {
        // A peer that never stops talking has no more than this read at once.
        for _ in 0..<16 {
            guard let bytes = try guarded({ (channel) throws(MachineFailure) in try channel.receive(until: Deadline(in: .zero)) }) else { break }
            for message in try machine.receive(bytes) { keep(message) }
        }
        defer { events = [] }
        return events
    }

    // MARK: - Inside

    mutating func perform(
        _ command: String, _ arguments: JSONObject = JSONObject(), passing descriptor: Int32? = nil, until deadline: Deadline
    ) throws(MachineFailure) -> JSONValue {
        let request = try machine.request(command, arguments)
        let isSent = try guarded { (channel) throws(MachineFailure) in
            try channel.send(request.bytes, passing: descriptor, until: deadline)
        }
        guard isSent else { throw end(.stalled(command)) }
        var answer: Result<JSONValue, MachineRefusal>?
        while true {
            // All of what came together is looked at.
            for message in try receive("the answer to `\(command)`", until: deadline) {
                if case .answer(let this) = message { answer = this.result } else { keep(message) }
            }
            switch answer {
            case .success(let value)?: return value
            case .failure(let refusal)?: throw .refused(command, refusal)
            case nil: continue
            }
        }
    }

    /// The messages that come next; there may be none whole yet. A peer that talks without end is as silent as one that does not.
    private mutating func receive(_ awaited: String, until deadline: Deadline) throws(MachineFailure) -> [MachineMessage] {
        guard !deadline.isOver,
            let bytes = try guarded({ (channel) throws(MachineFailure) in try channel.receive(until: deadline) })
        else { throw end(.silent(awaited)) }
        return try machine.receive(bytes)
    }

    /// Does something with the socket, unless the conversation is at its end; it is when that fails.
    private mutating func guarded<Value>(
        _ body: (inout MachineChannel) throws(MachineFailure) -> Value
    ) throws(MachineFailure) -> Value {
        if case .failed(let failure) = machine.phase { throw failure }
        do throws(MachineFailure) {
            return try body(&channel)
        } catch {
            throw end(error)
        }
    }

    /// Ends the conversation.
    mutating func end(_ failure: MachineFailure) -> MachineFailure {
        machine.fail(failure)
        return failure
    }

    private mutating func keep(_ message: MachineMessage) {
        guard case .event(let event) = message else { return }
        events.append(event)
        if events.count > machine.limits.events {
            events.removeFirst()
            forgottenEvents &+= 1
        }
    }
}
