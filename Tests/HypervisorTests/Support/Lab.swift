import Flask
import Synchronization
import TestSupport

@testable import Hypervisor

/// A hypervisor under a policy of its tests' making, and domains to make hypercalls.
///
/// Types are called as the initial SIDs are; `guest`, `other` and `stubdomain` are for domains, `guest_self` is what a guest is
/// to itself, `guest_target` what it is to the one that serves it, and `channel` is an event channel's.
final class Lab: Sendable {
    static let types = ["stubdomain", "guest_self", "guest_target", "channel"]

    let hypervisor: Hypervisor
    let memory = BufferMemory(at: argument, size: 0x20000, filledWith: 0xee)

    /// Everything is granted but `missing`, each as `class:permission`.
    static func policy(release: String = "4.17", without missing: [String] = []) -> ReleasePolicy {
        var policy = labelled(release)
        // An attribute that all types have makes one rule of hundreds.
        policy.change { policy in
            let number = policy.types.count
            policy.types.append(TypeEntry(name: "everything", isAttribute: true))
            for index in policy.typeAttributes.indices { policy.typeAttributes[index].insert(number) }
            policy.typeAttributes.append([number])
        }
        policy.grant(grants("everything", "everything", policy.vocabulary, missing))
        return policy
    }

    private static func grants(
        _ source: String, _ target: String, _ vocabulary: Vocabulary, _ missing: [String]
    ) -> [ReleasePolicy.Grant] {
        vocabulary.classes.compactMap { objectClass in
            let permissions = objectClass.permissions.filter { !missing.contains("\(objectClass.name):\($0)") }
            return permissions.isEmpty
                ? nil : .init(source: source, target: target, objectClass: objectClass.name, permissions: permissions)
        }
    }

    /// Nothing is granted but what is named, and what dom0 needs to be created.
    static func policy(release: String = "4.17", only grants: [ReleasePolicy.Grant]) -> ReleasePolicy {
        var policy = labelled(release)
        let boot = policy.vocabulary.initialSIDs.contains("xenboot") ? "xenboot" : "xen"
        policy.grant([.init(source: boot, target: "dom0", objectClass: "domain", permissions: ["create"])])
        // Two rules about the same make no policy: their permissions are put together.
        var merged: [ReleasePolicy.Grant] = []
        for grant in grants {
            let same = merged.firstIndex {
                ($0.source, $0.target, $0.objectClass) == (grant.source, grant.target, grant.objectClass) && $0.kind == grant.kind
            }
            if let same { merged[same].permissions += grant.permissions } else { merged.append(grant) }
        }
        policy.grant(merged)
        return policy
    }

    private static func labelled(_ release: String) -> ReleasePolicy {
        var policy = ReleasePolicy(release, types: types)
        // The rule that makes it a policy is one of those that tests grant or do not.
        policy.change { $0.rules.rules = [] }
        func transition(_ source: String, _ target: String, _ objectClass: String, _ result: String) {
            let rule = Rule(
                source: policy.type(source), target: policy.type(target), objectClass: policy.objectClass(objectClass),
                kind: .typeTransition, data: UInt32(policy.type(result)))
            policy.change { $0.rules.rules.append(rule) }
        }
        transition("guest", "guest", "domain", "guest_self")
        transition("guest", "stubdomain", "domain", "guest_target")
        for source in ["dom0", "guest", "other", "stubdomain"] {
            for target in ["dom0", "guest", "other", "stubdomain", "guest_self", "guest_target"] {
                transition(source, target, "event", "channel")
            }
        }
        return policy
    }

    /// Everything is granted: made once, for all tests.
    private static let everything = Result { () throws -> (vocabulary: Vocabulary, image: [UInt8]) in
        let policy = Lab.policy()
        return (policy.vocabulary, try policy.image())
    }

    init(_ chosen: ReleasePolicy? = nil, _ change: (inout Hypervisor.Configuration) -> Void = { _ in }) throws {
        let (vocabulary, image) = try chosen.map { ($0.vocabulary, try $0.image()) } ?? Self.everything.get()
        let lines = Gathered<UInt8>()
        var configuration = Hypervisor.Configuration(vocabulary: vocabulary)
        configuration.console = { lines.append($0) }
        change(&configuration)
        hypervisor = try Hypervisor(configuration, policy: image)
        output = lines
    }

    private let output: Gathered<UInt8>

    /// The console's lines since the last time, without `(XEN) `.
    func takeLines() -> [String] {
        return String(decoding: output.take(), as: UTF8.self).split(separator: "\n").map { line in
            String(line.hasPrefix("(XEN) ") ? line.dropFirst(6) : line)
        }
    }

    /// Puts another policy in force.
    func load(_ policy: ReleasePolicy) throws {
        _ = try hypervisor.hooks.flask!.server.load(policy.image())
        _ = takeLines()
    }

    func sid(_ type: String) throws -> SecurityIdentifier {
        // Without Flask there are no labels.
        guard let flask = hypervisor.hooks.flask else { return .null }
        return try flask.server.identifier(of: Array("system_u:system_r:\(type)".utf8))
    }

    // MARK: Calling

    /// Where arguments lie, and where buffers lie.
    static let argument: UInt64 = 0x1000
    static let buffer = argument + 0x1000

    /// Makes a hypercall as a domain.
    func call(_ number: HypercallNumber, _ arguments: [UInt64], as domain: UInt16 = 0) -> Int64 {
        hypervisor.client(of: domain, memory: memory)?.hypercall(number.rawValue, arguments) ?? .min
    }

    /// Makes a hypercall with a structure as its argument.
    func call(_ number: HypercallNumber, _ structure: ABIStructure, as domain: UInt16 = 0) -> Int64 {
        guard memory.write(structure.bytes, at: Self.argument) else { return .min }
        return call(number, [Self.argument], as: domain)
    }

    func domctl(
        _ command: DomainControlCommand, _ domain: UInt16, as caller: UInt16 = 0, _ body: (inout ABIStructure) -> Void = { _ in }
    ) -> Int64 {
        var call = ABIStructure(command, of: domain)
        body(&call)
        return self.call(.domainControl, call, as: caller)
    }

    func sysctl(
        _ command: SystemControlCommand, as caller: UInt16 = 0, _ body: (inout ABIStructure) -> Void = { _ in }
    ) -> Int64 {
        var call = ABIStructure(command)
        body(&call)
        return self.call(.systemControl, call, as: caller)
    }

    /// What the structure of the last call has become.
    func answer(_ size: Int) -> ABIStructure { ABIStructure(memory.read(size, at: Self.argument) ?? []) }

    /// Creates a domain of a type, by choice with hardware virtualization, with one processor, unpaused.
    @discardableResult
    func createDomain(_ type: String = "guest", number: UInt16 = 0, isHVM: Bool = true, processors: UInt32 = 1) throws -> UInt16 {
        let label = try sid(type)
        let result = domctl(.createDomain, number) { call in
            call.set(label.rawValue, at: 16)
            call.set(isHVM ? 0x23 : 0x20 as UInt32, at: 36)
            call.set(processors, at: 44)
            call.set(1_023 as UInt32, at: 48)
            call.set(64 as Int32, at: 52)
            call.set(1_024 as Int32, at: 56)
            call.set(2 as UInt32, at: 60)
        }
        guard result == 0 else { throw LabError.failed(result) }
        let domain = answer(144).word16(at: 8)
        guard domctl(.maximumProcessors, domain, as: 0, { $0.set(processors, at: 16) }) == 0 else { throw LabError.failed(-1) }
        guard domctl(.unpauseDomain, domain) == 0 else { throw LabError.failed(-2) }
        return domain
    }

    enum LabError: Error { case failed(Int64) }
}
