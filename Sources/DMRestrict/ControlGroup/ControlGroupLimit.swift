/// A limit that a control group has, and where.
public struct ControlGroupLimit: Hashable, Sendable {
    /// What is limited to what, in the units of ``ControlGroupLimits``.
    public enum Amount: Hashable, Sendable {
        case memory(UInt64)
        case processor(UInt32)
        case processes(UInt32)
        case devices([DeviceRule])

        public var controller: ControlGroupController {
            switch self {
            case .memory: .memory
            case .processor: .cpu
            case .processes: .pids
            case .devices: .devices
            }
        }

        /// In words.
        public var text: String {
            switch self {
            case .memory(let bytes): "\(bytes) bytes of memory"
            case .processor(let share): "\(share / 1_000).\(String(share % 1_000 + 1_000).dropFirst()) processors"
            case .processes(let count): "\(count) processes"
            case .devices(let rules): rules.isEmpty ? "no device" : "no device but " + rules.map(\.text).joined(separator: ", ")
            }
        }
    }

    public let amount: Amount
    public let place: ControlGroupPlace

    public init(_ amount: Amount, in place: ControlGroupPlace) {
        self.amount = amount
        self.place = place
    }
}
