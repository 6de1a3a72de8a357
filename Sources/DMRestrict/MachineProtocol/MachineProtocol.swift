public import JSON

/// A client of QEMU's machine protocol, QMP, without a socket: bytes go in, messages come out (QEMU, docs/interop/qmp-spec.txt).
///
/// Who is at the other end is taken for hostile. The first thing that is no part of the protocol ends it: everything later fails
/// with the same ``MachineFailure``. A command that is refused is an answer, and ends nothing.
public struct MachineProtocol: Sendable {
    /// Commands are taken once the greeting came and capabilities were settled.
    public enum Phase: Hashable, Sendable {
        case awaitingGreeting
        /// The greeting came; the only command now is `qmp_capabilities`.
        case negotiating
        case ready
        case failed(MachineFailure)
    }

    public private(set) var phase = Phase.awaitingGreeting
    public let limits: MachineProtocolLimits
    /// The ids of commands without an answer yet, in their order, with their names.
    private var outstanding: [(id: Int64, command: String)] = []
    private var lastID: Int64 = 0
    /// What came after the last line's end.
    private var line: [UInt8] = []

    public init(limits: MachineProtocolLimits = MachineProtocolLimits()) {
        self.limits = limits
    }

    /// The bytes of a command, which its answer has the id of.
    ///
    /// Throws ``MachineFailure``, where the protocol is not that far (`.notReady`), or at its end.
    public mutating func request(
        _ command: String, _ arguments: JSONObject = JSONObject()
    ) throws(MachineFailure) -> (id: Int64, bytes: [UInt8]) {
        switch phase {
        case .failed(let failure): throw failure
        case .ready: break
        case .negotiating where command == Self.negotiation && outstanding.isEmpty: break
        case .negotiating, .awaitingGreeting: throw .notReady
        }
        guard outstanding.count < limits.outstanding else { throw .tooManyOutstanding(limit: limits.outstanding) }
        lastID &+= 1
        outstanding.append((lastID, command))
        var request: JSONObject = JSONObject([.init("execute", .string(command))])
        if !arguments.members.isEmpty { request["arguments"] = .object(arguments) }
        request["id"] = .integer(lastID)
        return (lastID, JSONValue.object(request).bytes() + [UInt8(ascii: "\n")])
    }

    /// The command that settles capabilities, of which none is asked for.
    public static let negotiation = "qmp_capabilities"

    /// Takes bytes, and gives the messages that are whole now.
    ///
    /// Throws what ends the protocol. What came before it is lost, as nothing of such a peer's is to be believed.
    public mutating func receive(_ bytes: ArraySlice<UInt8>) throws(MachineFailure) -> [MachineMessage] {
        if case .failed(let failure) = phase { throw failure }
        do throws(MachineFailure) {
            var messages: [MachineMessage] = []
            var rest = bytes
            while !rest.isEmpty {
                let end = rest.firstIndex(of: UInt8(ascii: "\n"))
                let piece = rest[..<(end ?? rest.endIndex)]
                guard line.count + piece.count <= limits.messageBytes else { throw .tooLong(limit: limits.messageBytes) }
                line += piece
                guard let end else { break }
                rest = rest[(end + 1)...]
                if let message = try message() { messages.append(message) }
                line.removeAll(keepingCapacity: line.count < 1 << 16)
            }
            return messages
        } catch {
            fail(error)
            throw error
        }
    }

    /// Ends the protocol: for who finds that the other end is silent, or gone.
    public mutating func fail(_ failure: MachineFailure) {
        if case .failed = phase { return }
        phase = .failed(failure)
        line = []
    }

    /// What the line says; nil for an empty one.
    private mutating func message() throws(MachineFailure) -> MachineMessage? {
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        if line.isEmpty { return nil }
        let value: JSONValue
        do throws(JSONMistake) {
            value = try JSONValue(
                parsing: line, limits: JSONLimits(bytes: limits.messageBytes, depth: limits.depth, values: limits.values))
        } catch {
            throw .malformed(error)
        }
        let message = try MachineMessage(value)
        switch (message, phase) {
        case (.greeting, .awaitingGreeting): phase = .negotiating
        case (.greeting, _): throw .unexpected("a greeting")
        case (.event, .awaitingGreeting): throw .unexpected("an event before the greeting")
        case (.event, _): break
        case (.answer(let answer), _): try settle(answer)
        }
        return message
    }

    /// An answer is one to the oldest command: QEMU answers in order.
    private mutating func settle(_ answer: MachineMessage.Answer) throws(MachineFailure) {
        guard let oldest = outstanding.first else { throw .unexpected("an answer that nobody asked for") }
        // Without an id: of a line that QEMU could not read, and ours can be read.
        guard answer.id == oldest.id else { throw .wrongAnswer(to: oldest.command) }
        outstanding.removeFirst()
        guard oldest.command == Self.negotiation, phase == .negotiating else { return }
        if case .failure(let refusal) = answer.result { throw .refused(oldest.command, refusal) }
        phase = .ready
    }
}
