/// What a guest's processor does, one access after the other: a stand-in for a guest's code where nothing can run it.
public struct ProcessorScript: Hashable, Sendable {
    /// A line of it.
    public struct Step: Hashable, Sendable {
        public let line: Int
        /// As it is written, without what a comment says.
        public let text: String
        let action: Action
    }

    enum Action: Hashable, Sendable {
        /// Accesses one after the other, the last of which may have to give a value where a mask has ones.
        case accesses([GuestAccess], Expectation?)
        /// An access again and again, until it gives a value where a mask has ones.
        case until(GuestAccess, Expectation)
        case wait(milliseconds: UInt32)
    }

    struct Expectation: Hashable, Sendable {
        let value: UInt64
        var mask = UInt64.max

        func isMet(by value: UInt64) -> Bool { value & mask == self.value & mask }
    }

    public let steps: [Step]

    /// What came of a step.
    public struct Outcome: Hashable, Sendable {
        public let step: Step
        /// What the last access read; nil where it wrote.
        public let value: UInt64?
        /// Whether it was what the script expects.
        public let isExpected: Bool
    }

    /// How often an access is tried again, a millisecond after the last time.
    static let mostTries = 10_000

    /// Does everything in turn, until something does not come out as expected. What an access gives, `perform` says; `report` is
    /// told of each step. True when all came out as expected.
    public func run<Failure: Error>(
        sleep: (_ milliseconds: UInt32) -> Void, report: (Outcome) -> Void,
        perform: (GuestAccess) throws(Failure) -> UInt64
    ) throws(Failure) -> Bool {
        for step in steps {
            var value: UInt64?
            var isExpected = true
            switch step.action {
            case .accesses(let accesses, let expectation):
                for access in accesses {
                    let result = try perform(access)
                    value = access.written == nil ? result : nil
                }
                if let expectation, let value { isExpected = expectation.isMet(by: value) }
            case .until(let access, let expectation):
                isExpected = false
                for _ in 0..<Self.mostTries where !isExpected {
                    let result = try perform(access)
                    value = result
                    isExpected = expectation.isMet(by: result)
                    if !isExpected { sleep(1) }
                }
            case .wait(let milliseconds): sleep(milliseconds)
            }
            report(Outcome(step: step, value: value, isExpected: isExpected))
            if !isExpected { return false }
        }
        return true
    }
}
