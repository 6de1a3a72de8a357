import Synchronization
import Threading

/// The security server of a hypervisor: one policy, the contexts that have numbers under it, its booleans, and whether it is
/// enforced (Xen, xen/xsm/flask/ss/services.c).
///
/// It may be asked from any thread. What is asked of a policy is decided from the policy of that moment; once a call that
/// changes it has returned, nothing is decided from the one before.
public final class SecurityServer: Sendable {
    /// The release of Xen that it stands for: its classes, permissions and initial SIDs.
    public let vocabulary: Vocabulary
    let initialSIDs: InitialSIDs
    let auditForm: AuditForm
    let options: Options
    /// What Xen would print on its console.
    let console: @Sendable (FlaskMessage) -> Void

    struct State: Sendable {
        var policy: LoadedPolicy?
        var sids: SIDTable
        var objects = ObjectContextTable()
        var sequenceNumber: UInt32 = 0
    }

    let state: Lock<State>
    /// One change at a time: loading a policy and setting booleans read the state, work, and replace it.
    let changes = Lock<Void>(())

    /// Changes with all that makes decisions others than before: policies, booleans, enforcing. It is stored while the state
    /// is locked, so that who sees a new state sees a new epoch.
    let epoch = Atomic<UInt64>(1)
    /// Stored while the state is locked, as the epoch is; read by whoever is denied something, which must wait for nobody.
    private let enforcing: Atomic<Bool>
    private let observers = Lock<[@Sendable () -> Void]>([])

    /// Has something done after every change, before the call that makes it returns.
    func observe(_ body: @escaping @Sendable () -> Void) {
        observers.withLock { $0.append(body) }
    }

    /// Tells of a change.
    func notify() {
        for observer in observers.withLock({ $0 }) { observer() }
    }

    /// Says, while the state is locked, that decisions are others from now on.
    func beginEpoch() {
        epoch.store(epoch.load(ordering: .relaxed) &+ 1, ordering: .releasing)
    }

    /// What differs from Xen by choice.
    public struct Options: Sendable {
        /// Whether a policy is refused for what Xen forgets to look at: initial SIDs that are missing or more than the
        /// release has, and bytes behind the policy.
        public var isStrict = false
        /// Whether contexts that objects were given at run time outlive a reload; Xen forgets them.
        public var keepsObjectContexts = false
        /// Whether the policy may be one of Linux, and may hold what Xen refuses: for tests with large policies.
        public var acceptsLinuxPolicies = false

        public init() {}
    }

    /// A server without a policy: all is allowed until one is loaded.
    public init(
        vocabulary: Vocabulary, isEnforcing: Bool = true, options: Options = Options(),
        console: @escaping @Sendable (FlaskMessage) -> Void = { _ in }
    ) {
        self.vocabulary = vocabulary
        self.options = options
        self.console = console
        initialSIDs = InitialSIDs(vocabulary)
        auditForm = AuditForm(of: vocabulary.release)
        enforcing = Atomic(isEnforcing)
        state = Lock(State(sids: SIDTable(unlabeled: initialSIDs.unlabeled)))
    }

    // MARK: Asking about the server

    /// Whether a policy is loaded.
    public var isLoaded: Bool { state.withLock { $0.policy != nil } }

    /// Whether denials are denied.
    public var isEnforcing: Bool { enforcing.load(ordering: .acquiring) }

    /// A number that grows with every policy and every change of booleans.
    public var sequenceNumber: UInt32 { state.withLock { $0.sequenceNumber } }

    /// Whether the policy has levels; without a policy it has none.
    public var isMLS: Bool { state.withLock { $0.policy?.policy.isMLS ?? false } }

    /// Whether classes that the policy does not know are to be allowed.
    public var allowsUnknown: Bool { state.withLock { $0.policy?.policy.handleUnknown == .allow } }

    /// Begins or ends to enforce.
    public func setEnforcing(_ isEnforcing: Bool) {
        let hasChanged = state.withLock { _ in
            guard self.isEnforcing != isEnforcing else { return false }
            enforcing.store(isEnforcing, ordering: .releasing)
            // What was granted because nothing was enforced must not be found any more. The other way round all decisions
            // hold, and as in Xen they are kept.
            if isEnforcing { beginEpoch() }
            return isEnforcing
        }
        if hasChanged { notify() }
    }
}
