/// What a program asked of the kernel, compared with a profile call by call while it runs. It stays small whatever the program does.
public struct SystemCallTrace: Sendable {
    /// What the launcher answers.
    public enum Answer: Hashable, Sendable {
        case goOn
        case error(UInt16)
    }

    /// A line that the profile would have to have.
    struct Line: Hashable {
        let phase: SystemCallProfile.Phase
        let number: Int
        let conditions: [ArgumentCondition]
        /// False where only the name is known, and arguments decide about the call.
        let isComplete: Bool
    }

    /// A call that no profile gets.
    struct Refused: Hashable {
        let phase: SystemCallProfile.Phase
        let architecture: UInt32
        let number: UInt32
    }

    public let profile: SystemCallProfile
    /// What is accounted for now.
    public private(set) var phase = SystemCallProfile.Phase.start
    /// How many calls were looked at.
    public private(set) var count: UInt64 = 0
    private(set) var needed: [Line: CallTally] = [:]
    /// In the order in which they were first made.
    private(set) var order: [Line] = []
    private(set) var refused: [Refused: CallTally] = [:]
    /// Lines of the profile, by their numbers, that something was made under.
    private(set) var usedLines: Set<Int> = []
    /// Calls of which more different ones were made than are kept, by their numbers; and how often.
    private(set) var omitted: [UInt32: UInt64] = [:]
    /// The same beyond what has names.
    public private(set) var omittedCount: UInt64 = 0
    /// Whether the calls that the profile has are looked at too: else nothing is said of lines that were not used.
    public let seesEveryCall: Bool
    /// How it is found out; by the log nothing is answered.
    public let method: SystemCallProfile.TraceMethod

    /// Whether some were made of which nothing is known.
    private(set) var hasLosses = false

    private var perCall: [Int: Int] = [:]
    private let tables: [SystemCallProfile.Phase: [[SystemCallRule]]]
    private let callNames: [String?]

    /// How many different lines there may be, in all and of one call; and different calls that are refused for good.
    public static let mostLines = 192
    public static let mostLinesOfCall = 32
    public static let mostRefused = 64
    private static let numbers = 512

    public init(
        of profile: SystemCallProfile, by method: SystemCallProfile.TraceMethod = .notification, seesEveryCall: Bool = true
    ) {
        self.profile = profile
        self.method = method
        self.seesEveryCall = seesEveryCall && method == .notification
        var tables: [SystemCallProfile.Phase: [[SystemCallRule]]] = [:]
        for phase in SystemCallProfile.Phase.allCases {
            var table = [[SystemCallRule]](repeating: [], count: Self.numbers)
            for rule in profile.rules(in: phase) where table.indices.contains(rule.number) { table[rule.number].append(rule) }
            tables[phase] = table
        }
        self.tables = tables
        var names = [String?](repeating: nil, count: Self.numbers)
        for (name, number) in SystemCalls.numbers where names.indices.contains(number) { names[number] = name }
        callNames = names
    }

    /// From here on it serves.
    public mutating func beginRunning() { phase = .running }

    /// What the log says was lost may be others', or not.
    public mutating func noteLoss() { hasLosses = true }

    func rules(of number: Int, in phase: SystemCallProfile.Phase) -> [SystemCallRule] {
        guard let table = tables[phase], table.indices.contains(number) else { return [] }
        return table[number]
    }

    /// Takes a call into account: how it is answered. The thread's name is asked for where it is kept.
    public mutating func record(_ call: ObservedCall, thread: () -> ThreadName? = { nil }) -> Answer {
        count &+= 1
        guard call.architecture == FilterEvaluation.x86_64, Int(call.number) < Self.numbers, let name = callNames[Int(call.number)] else {
            refuse(call, thread)
            // As if the kernel did not have it, which programs expect of calls that are new.
            return .error(SystemCallProfile.noSuchCall)
        }
        let number = Int(call.number)
        let rules = rules(of: number, in: phase)
        if let arguments = call.arguments, let rule = rules.first(where: { $0.holds(for: arguments) }) {
            for other in rules where other.error == rule.error && other.holds(for: arguments) { usedLines.insert(other.line) }
            return rule.error.map { .error($0) } ?? .goOn
        }
        if NeverAdmitted.reason(name, call.arguments, in: phase) != nil {
            refuse(call, thread)
            return .error(name == "clone3" ? SystemCallProfile.noSuchCall : Self.notPermitted)
        }
        let line: Line
        if let arguments = call.arguments {
            let conditions = NarrowRule.conditions(name, arguments, beside: rules)
            line = Line(phase: phase, number: number, conditions: conditions, isComplete: true)
        } else {
            let isComplete = rules.isEmpty && !NarrowRule.comparesArguments(of: name)
            line = Line(phase: phase, number: number, conditions: [], isComplete: isComplete)
        }
        need(line, call.number, thread)
        return .goOn
    }

    /// EPERM.
    private static let notPermitted: UInt16 = 1

    private mutating func need(_ line: Line, _ number: UInt32, _ thread: () -> ThreadName?) {
        if needed[line] == nil {
            guard order.count < Self.mostLines, perCall[line.number, default: 0] < Self.mostLinesOfCall else { return omit(number) }
            order.append(line)
            perCall[line.number, default: 0] += 1
        }
        needed[line, default: CallTally()].add(thread)
    }

    private mutating func refuse(_ call: ObservedCall, _ thread: () -> ThreadName?) {
        let key = Refused(phase: phase, architecture: call.architecture, number: call.number)
        if refused[key] == nil, refused.count >= Self.mostRefused { return omit(call.number) }
        refused[key, default: CallTally()].add(thread)
    }

    private mutating func omit(_ number: UInt32) {
        if Int(number) < Self.numbers { omitted[number, default: 0] &+= 1 }
        omittedCount &+= 1
    }
}
