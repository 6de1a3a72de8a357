import Flask
import Synchronization
import Threading

/// A hypervisor in user space: domains, and the hypercalls on them with Xen's interface, each of which asks its hook before
/// it acts.
///
/// It may be called from any thread. A hypercall is decoded into a value, its hook is asked while no lock is held, and then
/// it acts on the domains that the hook was asked about, or fails if they are gone.
public final class Hypervisor: Sendable {
    public let configuration: Configuration
    let hooks: Hooks
    let console: Console
    let machine: Lock<Machine>
    /// Those who are told when domains come and go.
    let observers = Lock<[@Sendable (DomainEvent) -> Void]>([])
    /// Owns what is nobody's: devices' memory.
    let domio: Domain
    /// Owns the hypervisor's own.
    let domxen: Domain

    /// Starts a hypervisor with its first domain, number 0. Throws ``StartError`` where Xen would stop.
    public convenience init(_ configuration: Configuration, policy: [UInt8]?) throws(StartError) {
        try self.init(configuration, policy: policy, questions: nil)
    }

    /// The same; `questions` is told what hooks ask of the policy.
    init(
        _ configuration: Configuration, policy: [UInt8]?, questions: (@Sendable (HookQuestion) -> Void)?
    ) throws(StartError) {
        self.configuration = configuration
        let console = Console(output: configuration.console)
        self.console = console
        let vocabulary = configuration.vocabulary
        hooks = try Self.hooks(configuration, policy, console, questions)
        domio = Domain(number: .io, label: vocabulary.initialSID(named: "domio"))
        domxen = Domain(number: .xen, label: vocabulary.initialSID(named: "domxen"))
        machine = Lock(Machine(totalPages: configuration.memoryPages, processorCount: configuration.processorCount))
        do {
            try createDom0()
        } catch {
            throw .dom0(error)
        }
    }

    private static func hooks(
        _ configuration: Configuration, _ policy: [UInt8]?, _ console: Console,
        _ questions: (@Sendable (HookQuestion) -> Void)?
    ) throws(StartError) -> Hooks {
        guard configuration.module == .flask else {
            return Hooks(module: configuration.module, flask: nil, isStrict: configuration.isStrict)
        }
        console.log("XSM Framework v1.0.1 initialized")
        if let policy { console.log("Policy len 0x\(String(policy.count, radix: 16)), start at 0.") }
        var options = SecurityServer.Options()
        options.isStrict = configuration.isStrict
        let server: SecurityServer?
        do {
            server = try SecurityServer.boot(
                configuration.bootMode, policy: policy, vocabulary: configuration.vocabulary, options: options,
                console: { console.log($0.text) })
        } catch {
            throw .flask(error)
        }
        guard let server else { return Hooks(module: .dummy, flask: nil, isStrict: configuration.isStrict) }
        let cache = AccessVectorCache(server: server, processors: configuration.processorCount)
        return Hooks(
            module: .flask, flask: Hooks.FlaskModule(FlaskHypercall(cache: cache), observer: questions),
            isStrict: configuration.isStrict)
    }

    /// The hypervisor creates its first domain as the one that runs at boot, which has a label of its own since Xen 4.17.
    private func createDom0() throws(XenErrorNumber) {
        let vocabulary = configuration.vocabulary
        let bootLabel = vocabulary.initialSIDs.contains("xenboot") ? "xenboot" : "xen"
        let idle = Caller(
            domain: Domain(number: .idle, label: vocabulary.initialSID(named: bootLabel), isControl: true), memory: NoMemory())
        let label = vocabulary.initialSID(named: "dom0")
        let own = try hooks.create(label: label, idle)
        let dom0 = Domain(
            number: DomainIdentifier(rawValue: 0), label: label, own: own, isControl: true, isXenStore: true)
        var state = DomainState(dom0)
        state.pauseCount = 0
        state.maximumPages = configuration.dom0Pages
        state.totalPages = configuration.dom0Pages
        state.memory.unplaced = configuration.dom0Pages
        state.processors = (0..<configuration.processorCount).map { _ in VirtualProcessor(isOnline: true) }
        state.configuration.maximumProcessors = UInt32(configuration.processorCount)
        machine.withLock { machine in
            machine.domains[0] = state
            machine.hasCreatedDom0 = true
        }
    }

    // MARK: Domains

    /// Has something done after a domain was created or has gone, by the thread whose hypercall did it, while nothing is locked.
    public func observe(_ body: @escaping @Sendable (DomainEvent) -> Void) {
        observers.withLock { $0.append(body) }
    }

    func notify(_ event: DomainEvent) {
        for observer in observers.withLock({ $0 }) { observer(event) }
    }

    /// The domain of a number; nil when there is none.
    func domain(_ number: UInt16) -> Domain? {
        machine.withLock { $0.domains[number]?.domain }
    }

    /// The domain of a number, or the caller where the number stands for it. Throws `ESRCH`.
    func domain(_ number: UInt16, or caller: Caller) throws(XenErrorNumber) -> Domain {
        if number == DomainIdentifier.caller.rawValue { return caller.domain }
        guard let domain = domain(number) else { throw .noSuchDomain }
        return domain
    }

    /// Works with a domain that must still be the one that was asked about. Throws `ESRCH` when it is gone.
    func with<Result: Sendable>(
        _ domain: Domain, _ body: (inout DomainState) throws(XenErrorNumber) -> sending Result
    ) throws(XenErrorNumber) -> Result {
        try machine.withLock { (machine) throws(XenErrorNumber) in try machine.with(domain, body) }
    }
}

/// The memory of somebody who makes no hypercalls.
struct NoMemory: CallerMemory {
    func read(_ count: Int, at address: UInt64) -> [UInt8]? { nil }
    func write(_ bytes: [UInt8], at address: UInt64) -> Bool { false }
}
