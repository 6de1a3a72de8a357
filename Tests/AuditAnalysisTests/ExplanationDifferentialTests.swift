import AuditAnalysis
import AuditLog
import Flask
import PolicyAnalysis
import TestSupport
import Testing

@Suite("Explanations and replays are held against a security server")
struct ExplanationDifferentialTests {
    private static let seed = RandomTest.seed()

    private struct Asked {
        let server: SecurityServer
        let source, target: SecurityIdentifier
        let objectClass: UInt16
        let bits: [Name: UInt32]

        /// Nil for contexts that the server does not take.
        init?(_ record: AuditRecord, _ server: SecurityServer) throws {
            guard case .text(let source) = record.source, case .text(let target) = record.target, let from = try? server.identifier(of: source),
                let to = try? server.identifier(of: target)
            else { return nil }
            let (number, entry) = try #require(RandomDenialPolicy.vocabulary.objectClass(named: record.objectClass.description))
            (self.server, self.source, self.target, objectClass) = (server, from, to, UInt16(number))
            bits = Dictionary(uniqueKeysWithValues: entry.permissions.enumerated().map { (Name($1), 1 << UInt32($0)) })
        }

        func allows(_ permission: Name) throws -> Bool {
            try server.accessDecision(source: source, target: target, objectClass: objectClass).decision.allowed & (bits[permission] ?? 0) != 0
        }
    }

    private static func server(_ policy: AnalysedPolicy) throws -> SecurityServer {
        let server = SecurityServer(vocabulary: RandomDenialPolicy.vocabulary)
        _ = try server.load(try ImageWriter.write(policy.policy, layout: .checkpolicy3_6).bytes)
        return server
    }

    @Test("The verdict is the server's, every denial has a cause, and a boolean that is named really allows")
    func explanations() throws {
        var random = SplitMix64(seed: Self.seed)
        var kinds: [DenialCause.Kind: Int] = [:]
        for round in 0..<60 {
            let random0 = RandomDenialPolicy(&random)
            let policy = try random0.analysed()
            let server = try Self.server(policy)
            let initial = server.booleans.map(\.value)
            var explainer = try DenialExplainer(policy)
            for _ in 0..<25 {
                let record = random0.record(&random)
                let found = explainer.explanation(of: record)
                let label = "seed \(Self.seed), round \(round): \(record)"
                guard let asked = try Asked(record, server) else {
                    #expect(found.verdict == .undecided && found.causes.contains { $0.kind == .unknownContext }, "\(label)")
                    continue
                }
                for permission in found.permissions {
                    let isAllowed = try asked.allows(permission.name)
                    #expect(permission.verdict == (isAllowed ? .allowed : .denied), "\(label): \(permission.name)")
                    #expect(isAllowed ? record.verdict == .granted || permission.causes.map(\.kind) == [.allowedNow] : !permission.causes.isEmpty, "\(label)")
                    for cause in permission.causes {
                        kinds[cause.kind, default: 0] += 1
                        #expect(!cause.text.isEmpty)
                        guard case .boolean(let remedy) = cause, !remedy.settings.isEmpty else { continue }
                        try server.setBooleans(server.booleans.map { old in remedy.settings.first { $0.name == old.name }?.value ?? old.value })
                        #expect(try asked.allows(permission.name) == remedy.suffices, "\(label): \(remedy.settings)")
                        try server.setBooleans(initial)
                    }
                    // Without a rule under any condition no values help.
                    guard permission.causes.contains(where: { $0.kind == .missingRule }) else { continue }
                    for set in 0..<(1 << initial.count) {
                        try server.setBooleans(initial.indices.map { set >> $0 & 1 == 1 })
                        #expect(try !asked.allows(permission.name), "\(label)")
                    }
                    try server.setBooleans(initial)
                }
            }
        }
        for kind in [DenialCause.Kind.missingRule, .boolean, .constraint, .mls, .bounds, .roleAllow, .allowedNow] {
            #expect(kinds[kind, default: 0] > 0, "seed \(Self.seed): no \(kind)")
        }
    }

    @Test("A replay says what the server decides of each line")
    func replays() throws {
        var random = SplitMix64(seed: Self.seed &+ 1)
        for round in 0..<40 {
            let random0 = RandomDenialPolicy(&random)
            let policy = try random0.analysed()
            let server = try Self.server(policy)
            var text = ""
            for _ in 0..<30 { text += "(XEN) " + String(decoding: AuditForm.all[0].text(of: random0.record(&random)), as: UTF8.self) + "\n" }
            let cells = ConsoleLog.tally(text).all
            let replay = try LogReplay(cells, against: policy)
            #expect(replay.cells.count == cells.count && replay.counts.values.reduce(0, +) == 30)
            var wouldDeny = false
            for entry in replay.cells {
                let label = "seed \(Self.seed), round \(round): \(entry.cell.record)"
                guard let asked = try Asked(entry.cell.record, server) else {
                    #expect(entry.verdict == .undecided && !entry.lacks.isEmpty, "\(label)")
                    wouldDeny = true
                    continue
                }
                let ruling = try server.accessDecision(source: asked.source, target: asked.target, objectClass: asked.objectClass).decision
                let allowed = try entry.cell.record.permissions.map { try asked.allows($0) }
                #expect(entry.permissions.map(\.isAllowed) == allowed, "\(label)")
                let expected: ReplayVerdict =
                    if allowed.allSatisfy({ $0 }) {
                        entry.cell.record.verdict == .denied ? .nowAllowed : .stillGranted
                    } else if ruling.isPermissive {
                        .permissive
                    } else {
                        entry.cell.record.verdict == .granted ? .newlyDenied : allowed.contains(true) ? .allowedInPart : .stillDenied
                    }
                #expect(entry.verdict == expected, "\(label)")
                if expected.isDenial { wouldDeny = true }
            }
            #expect(replay.wouldDeny == wouldDeny)
            let shuffled = try LogReplay(cells.shuffled(using: &random), against: policy)
            #expect(shuffled.cells.map(\.cell.record) == replay.cells.map(\.cell.record), "seed \(Self.seed), round \(round)")
        }
    }

    @Test("Decisions with any names, contexts and bits are explained without harm")
    func hostile() throws {
        var random = SplitMix64(seed: Self.seed &+ 2)
        func bytes(_ limit: Int) -> [UInt8] { (0..<random.below(limit)).map { _ in UInt8(random.below(256)) } }
        let policies: [AnalysedPolicy?] = [
            nil, try GuestPolicy().analysed(), try GuestPolicy(isMLS: true).analysed(), AnalysedPolicy(ReleasePolicy("4.22", isMLS: true).policy),
            AnalysedPolicy(ReleasePolicy("4.2").policy),
        ]
        func context() -> AuditRecord.Context {
            switch random.below(5) {
            case 0: .identifier(SecurityIdentifier(rawValue: UInt32(truncatingIfNeeded: random.next())))
            case 1: .text(bytes(40))
            case 2: .text(Array("system_u:system_r:".utf8) + bytes(2_000))
            default: .text(Array(random.pick(["system_u:system_r:dom0_t", "system_u:object_r:device_t", "system_u:system_r:dom0:s0", "::", "", "a:b:c:d:e"]).utf8))
            }
        }
        var records: [AuditRecord] = []
        for _ in 0..<600 {
            var record = AuditRecord.random(&random)
            if random.percent(70) { (record.source, record.target) = (context(), context()) }
            if random.percent(50) { record.objectClass = random.percent(50) ? Name(bytes: bytes(30)) : Name(random.pick(["resource", "domain", "xen", "security", "hvm"])) }
            if random.percent(40) { record.permissions += [Name(bytes: bytes(20)), random.pick(["use_noiommu", "add_iomem", "add_ioport", "check_context", "bind_irq"])] }
            if random.percent(10) { record.unnamedPermissions = .max }
            records.append(record)
        }
        for policy in policies {
            var explainer = try DenialExplainer(policy, log: LogOrigin(records: records))
            for record in records {
                let found = explainer.explanation(of: record, objects: [.range(.max, 0), .range(0, .max), .device(.max), .interrupt(.min), .deviceTreeNode(bytes(9))])
                for cause in found.causes + found.permissions.flatMap(\.causes) { #expect(!cause.text.isEmpty) }
            }
        }
    }
}
