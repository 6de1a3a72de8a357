/// A policy author's test bench: domains, what they do, and what is to come of it, as a readable script.
///
///     domain guest  system_u:system_r:domU_t  hvm
///     dom0:  pausedomain guest          => allowed
///     guest: pausedomain dom0           => denied domain pause
///     dom0:  max_vcpus guest 0          => fails EINVAL
///     dom0:  evtchn_alloc_unbound guest => allowed as port
///     guest: evtchn_bind_interdomain dom0 port => allowed
public struct Scenario: Hashable, Sendable {
    public struct Step: Hashable, Sendable {
        /// Counted from 1.
        public let line: Int
        /// The line without its comment and surplus spaces.
        public let text: String
        public let action: Action
    }

    public enum Action: Hashable, Sendable {
        /// A domain that is simply there: nobody is asked whether it may be created.
        case domain(name: String, label: String, isHVM: Bool, hasIOMMU: Bool, processors: UInt32)
        /// The first serves the second as its device model; nobody is asked about this either.
        case serves(String, String)
        case boolean(String, Bool)
        case enforcing(Bool)
        /// Something that a domain does. What it gives may have a name from then on.
        case operation(actor: String, ScenarioOperation, arguments: [String], ScenarioExpectation, result: String?)
    }

    public let steps: [Step]
}
