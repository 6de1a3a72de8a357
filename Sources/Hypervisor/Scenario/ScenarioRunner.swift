import Flask
import Synchronization

/// Runs a scenario on a hypervisor of its own.
public struct ScenarioRunner: Sendable {
    let hypervisor: Hypervisor
    private let console: Gathered<UInt8>
    private let questions: Gathered<HookQuestion>
    private let policy: [UInt8]
    private var domains: [String: Domain] = [:]
    /// What operations gave, by the names that it has.
    private var values: [String: UInt64] = [:]

    /// A hypervisor for one scenario, under a policy. The configuration's console is not printed to. Throws ``StartError``.
    public init(_ configuration: Hypervisor.Configuration, policy: [UInt8]?) throws(StartError) {
        let console = Gathered<UInt8>()
        var configuration = configuration
        configuration.console = { console.append($0) }
        let questions = Gathered<HookQuestion>()
        hypervisor = try Hypervisor(configuration, policy: policy, questions: { questions.append([$0]) })
        self.policy = policy ?? []
        self.console = console
        self.questions = questions
        domains["dom0"] = hypervisor.domain(0)
        _ = console.take()
    }

    /// Does all steps, and tells what came of each.
    public mutating func run(_ scenario: Scenario) -> [ScenarioOutcome] {
        scenario.steps.map { step in
            do throws(ScenarioContext.Failure) {
                return try perform(step)
            } catch {
                return ScenarioOutcome(
                    step: step, actual: "impossible: \(error.message)", messages: takeLines(), questions: [],
                    missingRules: [], isAsExpected: false)
            }
        }
    }

    /// The console's lines since the last time.
    private func takeLines() -> [String] {
        console.take().split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }

    private mutating func perform(_ step: Scenario.Step) throws(ScenarioContext.Failure) -> ScenarioOutcome {
        switch step.action {
        case .domain(let name, let label, let isHVM, let hasIOMMU, let processors):
            try addDomain(name, label, isHVM, hasIOMMU, processors)
        case .serves(let name, let target): try serve(name, target)
        case .boolean(let name, let value): try set(name, value)
        case .enforcing(let value):
            guard let flask = hypervisor.hooks.flask else { throw .init(message: "there is no policy") }
            flask.server.setEnforcing(value)
        case .operation(let actor, let operation, let arguments, let expectation, let result):
            return try perform(step, actor, operation, arguments, expectation, result)
        }
        return ScenarioOutcome(step: step, actual: "done", messages: [], questions: [], missingRules: [], isAsExpected: true)
    }

    private mutating func perform(
        _ step: Scenario.Step, _ actor: String, _ operation: ScenarioOperation, _ arguments: [String],
        _ expectation: ScenarioExpectation, _ name: String?
    ) throws(ScenarioContext.Failure) -> ScenarioOutcome {
        guard let domain = domains[actor] else { throw .init(message: "there is no domain `\(actor)`") }
        let numbers = try zip(operation.parameters, arguments).map { (parameter, argument) throws(ScenarioContext.Failure) in
            try number(argument, parameter)
        }
        _ = (console.take(), questions.take())
        let context = ScenarioContext(hypervisor: hypervisor, actor: domain, arguments: numbers, domains: domains, policy: policy)
        let result = try operation.perform(context)
        if let name { keep(context.takeGiven(), name, isDomain: operation.gives == "domain") }
        let isRefusal = ScenarioResult.isRefusal(result, byFlask: hypervisor.hooks.flask != nil)
        let lines = takeLines()
        let questions = questions.take().map(question)
        var denials = questions.filter { !$0.isGranted }
        // Flask's own operations ask for themselves: what they were denied is in the log.
        for line in lines {
            guard let record = AuditForm.read(Array(line.utf8.dropFirst(6)))?.record, record.verdict == .denied else { continue }
            if !isRefusal || denials.contains(where: { $0.objectClass == record.objectClass.description }) { continue }
            denials.append(
                .init(
                    source: Self.text(of: record.source), target: Self.text(of: record.target),
                    objectClass: record.objectClass.description, permissions: record.permissions.map(\.description),
                    isGranted: false))
        }
        // Some operations succeed and hold back what the caller may not know.
        let isDenied = !denials.isEmpty || isRefusal
        return ScenarioOutcome(
            step: step, actual: Self.describe(result, isDenied, denials), messages: lines.map { String($0.dropFirst(6)) },
            questions: questions, missingRules: denials.flatMap(missingRules),
            isAsExpected: Self.isExpected(expectation, result, isDenied, denials))
    }

    /// An argument, in which a word that stands for a number is that number.
    private func number(_ argument: String, _ parameter: ScenarioOperation.Parameter) throws(ScenarioContext.Failure) -> String {
        switch parameter.kind {
        case .choice(let words): return words[argument].map { String($0) } ?? argument
        case .number where ScenarioOperation.number(argument) == nil:
            guard let value = values[argument] else {
                throw .init(message: "`\(argument)` was not given: what was to give it did not")
            }
            return String(value)
        default: return argument
        }
    }

    /// Lets later lines name what an operation gave; nil where it gave nothing.
    private mutating func keep(_ value: UInt64?, _ name: String, isDomain: Bool) {
        guard isDomain else {
            values[name] = value
            return
        }
        domains[name] = value.flatMap { UInt16(exactly: $0) }.flatMap { hypervisor.domain($0) }
    }

    /// A question in words.
    private func question(_ question: HookQuestion) -> ScenarioOutcome.Question {
        let vocabulary = hypervisor.configuration.vocabulary
        let number = Int(question.objectClass)
        let objectClass = number > 0 && number <= vocabulary.classes.count ? vocabulary.classes[number - 1] : nil
        let permissions = (objectClass?.permissions ?? []).enumerated()
            .filter { $0.offset < 32 && question.permissions >> UInt32($0.offset) & 1 == 1 }.map(\.element)
        return .init(
            source: text(of: question.source), target: text(of: question.target), objectClass: objectClass?.name ?? "",
            permissions: permissions, isGranted: question.isGranted)
    }

    private func text(of label: SecurityIdentifier) -> String {
        guard let bytes = try? hypervisor.hooks.flask?.server.text(of: label) else { return label.description }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func describe(_ result: Int64, _ isDenied: Bool, _ denials: [ScenarioOutcome.Question]) -> String {
        guard isDenied else {
            return result < 0 ? "fails \(ScenarioResult.name(of: result))" : "allowed"
        }
        let reasons = denials.map { ([$0.objectClass] + $0.permissions).joined(separator: " ") }
        return (["denied"] + (reasons.isEmpty ? [] : [reasons.joined(separator: ", ")])).joined(separator: " ")
    }

    private static func isExpected(
        _ expectation: ScenarioExpectation, _ result: Int64, _ isDenied: Bool, _ denials: [ScenarioOutcome.Question]
    ) -> Bool {
        switch expectation {
        case .allowed: return result >= 0 && !isDenied
        case .fails(let name): return result < 0 && !isDenied && ScenarioResult.name(of: result) == name
        case .denied(nil, _): return isDenied
        case .denied(let objectClass?, let permissions):
            guard isDenied, !denials.isEmpty, denials.allSatisfy({ $0.objectClass == objectClass }) else { return false }
            return Set(denials.flatMap(\.permissions)) == Set(permissions)
        }
    }

    // MARK: Setting up

    private mutating func addDomain(
        _ name: String, _ label: String, _ isHVM: Bool, _ hasIOMMU: Bool, _ processors: UInt32
    ) throws(ScenarioContext.Failure) {
        guard let dom0 = domains["dom0"] else { throw .init(message: "there is no dom0") }
        var configuration = DomainConfiguration()
        configuration.flags = isHVM ? [.hvm, .hap] : []
        if hasIOMMU { configuration.flags.insert(.iommu) }
        configuration.maximumProcessors = processors
        var labels = (own: SecurityIdentifier.null, label: SecurityIdentifier.null)
        if let flask = hypervisor.hooks.flask {
            do {
                labels.label = try flask.server.identifier(of: Array(label.utf8))
                labels.own = try flask.newLabel(labels.label, labels.label, objectClass: "domain")
            } catch {
                throw .init(unknownLabel: label, error)
            }
        }
        do {
            let caller = Caller(domain: dom0, memory: ScenarioContext.newMemory())
            let number = try hypervisor.add(configuration, label: labels.label, own: labels.own, by: caller) { state in
                state.pauseCount = 0
                state.maximumPages = 1 << 14
                state.processors = (0..<processors).map { VirtualProcessor(isOnline: $0 == 0) }
            }
            domains[name] = hypervisor.domain(number)
            try giveMemory(number, isHVM)
        } catch {
            throw .init(message: "there is no room for another domain")
        }
    }

    /// A little memory: where the hypervisor translates for a domain, its first frames.
    private func giveMemory(_ number: UInt16, _ isHVM: Bool) throws(XenErrorNumber) {
        guard let domain = hypervisor.domain(number) else { return }
        try hypervisor.machine.withLock { (machine) throws(XenErrorNumber) in
            _ = try machine.place(machine.take(Self.pages, for: domain), of: domain, at: isHVM ? 0 : nil)
        }
    }

    /// How many pages a domain has from the start.
    static let pages: UInt32 = 16

    private func serve(_ name: String, _ guest: String) throws(ScenarioContext.Failure) {
        guard let domain = domains[name], let target = domains[guest], domain !== target, domain.target == nil else {
            throw .init(message: "`\(name)` serves somebody already, or itself")
        }
        let label = try? hypervisor.hooks.flask?.newLabel(target.label, domain.label, objectClass: "domain")
        domain.serve(target, as: label)
    }

    private func set(_ name: String, _ value: Bool) throws(ScenarioContext.Failure) {
        guard let flask = hypervisor.hooks.flask else { throw .init(message: "there is no policy") }
        let server = flask.server
        guard let place = server.booleans.firstIndex(where: { $0.name == Name(name) }) else {
            throw .init(message: "the policy has no boolean `\(name)`")
        }
        var values = server.booleans.map(\.value)
        values[place] = value
        do {
            try server.setBooleans(values)
        } catch {
            throw .init(message: "the boolean `\(name)` cannot be set")
        }
    }
}
