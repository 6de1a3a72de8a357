/// What a device model is to be: the program, and everything that is done so that it can touch its own guest and nothing else. It is
/// a value: it can be printed, kept, compared and tested without privileges. What it says is done in the order of ``steps``.
public struct RestrictionPlan: Hashable, Sendable {
    /// What the device model is called, among those of a host.
    public let name: String
    /// The program, by its path in the tree that it will see, and its arguments without the program's own name.
    public var program: String
    public var arguments: [String]
    /// All of its environment.
    public var environment: [String: String] = [:]
    public var namespaces: Namespaces
    public var steps: [RestrictionStep]
    /// Steps that were not wanted although they belong to every launch, by their names, with the reason that was given.
    public var waivers: [Waiver] = []

    /// Steps that the host cannot do, and against whose dangers others of this plan stand fully.
    public var covered: [Covered] = []

    public struct Covered: Hashable, Sendable {
        public let step: String
        /// The step that stands for it.
        public let by: String
        public let reason: String

        public init(_ step: String, by other: String, because reason: String) {
            self.step = step
            by = other
            self.reason = reason
        }
    }

    public struct Waiver: Hashable, Sendable {
        public let step: String
        public let reason: String

        public init(_ step: String, because reason: String) {
            self.step = step
            self.reason = reason
        }
    }

    /// Whom it becomes, where it becomes somebody.
    public var user: UInt32? {
        steps.lazy.compactMap { if case .user(let uid, _) = $0 { uid } else { nil } }.first
    }

    public init(name: String, program: String, arguments: [String], namespaces: Namespaces, steps: [RestrictionStep]) {
        self.name = name
        self.program = program
        self.arguments = arguments
        self.namespaces = namespaces
        self.steps = steps
    }
}
