import Flask
import Foundation
import PolicyAnalysis
import PolicyCompiler
import Synchronization
import TestSupport
import Testing

@Suite("Which releases load a policy is what their tables, their reader and our security server say")
struct CompatibilityTests {
    private static let seed = RandomTest.seed()

    private typealias Classes = [(name: String, permissions: [(name: String, number: Int)], count: Int)]

    private func classes(_ policy: Policy) -> Classes {
        policy.classes.map { entry in
            (entry.name.description, entry.permissions.map { ($0.name.description, Int($0.number)) }, Int(entry.permissionCount))
        }
    }

    /// What a release does, in one word, by the tables alone.
    private func expected(_ release: XenTables.Release, _ policy: Policy, sids: [String]) -> String {
        if !release.versions.contains(policy.version) || release.refusal(classes(policy)) != nil { return "refuses" }
        return sids == release.initialSIDs ? "loads" : "misreads"
    }

    @Test("The reference policy, compiled for many releases, loads where the tables say so, and is misread from 4.17 on by 4.15 and 4.16")
    func matrix() async throws {
        let tables = try XenTables.read()
        var loaded = 0
        var misread = 0
        let built = XenRelease.all.filter { $0.minor % 4 == 0 || $0.minor >= 15 }
        let policies = try await inPairs(built) { try Trees.policy("reference", release: $0.description) }
        for (release, analysed) in zip(built, policies) {
            let image = AnalysedPolicy(try ImageReader.read(ImageWriter.write(analysed.policy, layout: .checkpolicy3_6).bytes).policy)
            let sids = try tables.release(release.description).initialSIDs
            // An image has no names of initial SIDs, but their number says as much.
            for policy in release.minor % 4 == 1 ? [analysed, image] : [analysed] {
                let answer = policy.compatibility()
                #expect(answer.releases.map(\.release) == tables.releases.map(\.name).reversed())
                for entry in answer.releases {
                    let wanted = expected(try tables.release(entry.release), policy.policy, sids: sids)
                    #expect(entry.verdict.word == wanted, "built for \(release), on \(entry.release)")
                    loaded += wanted == "loads" ? 1 : 0
                    misread += wanted == "misreads" ? 1 : 0
                    #expect(entry.changes.isEmpty == (wanted == "loads"), "built for \(release), on \(entry.release): \(entry.changes)")
                }
            }
        }
        // As many as in the table that was measured: 4.17 to 4.21 on two releases each, 4.17 and 4.21 twice.
        #expect(misread == 2 * 7)
        #expect(loaded > built.count)
    }

    @Test("Each release's shifted initial SIDs are told with the contexts that they get")
    func shift() throws {
        let analysed = try Trees.policy("reference", release: "4.17")
        let answer = analysed.compatibility(with: [try #require(ReleaseTables(named: "4.16.3"))])
        let entry = try #require(answer.releases.first)
        guard case .misreads(let sids) = entry.verdict else {
            Issue.record("it is \(entry.verdict.word)")
            return
        }
        let (old, new) = (try XenTables.read().release("4.16").initialSIDs, try XenTables.read().release("4.17").initialSIDs)
        #expect(sids.map(\.number) == Array(1...13))
        for sid in sids {
            let index = Int(sid.number) - 1
            #expect(sid.name == (index < old.count ? old[index] : nil))
            #expect(sid.intended.map(\.description) == new[index])
        }
        #expect(sids.first?.context.map { String(decoding: $0, as: UTF8.self) } == "system_u:system_r:xenboot_t")
        #expect(entry.changes.map(\.text) == ["remove `sid xenboot` from initial_sids, and its context"])
        #expect(!answer.isLoaded)
    }

    @Test("A missing initial SID, one more, and a gap are errors")
    func initialSIDs() throws {
        func verdict(_ change: (inout Policy) -> Void) throws -> ReleaseVerdict? {
            var policy = ReleasePolicy("4.17").policy
            change(&policy)
            return AnalysedPolicy(policy).compatibility(with: [try #require(ReleaseTables(named: "4.17"))]).releases.first?.verdict
        }
        #expect(try verdict { _ in } == .loads)
        guard case .misreads(let last) = try verdict({ $0.initialContexts.removeAll { $0.sid == 13 } }) else {
            Issue.record("nobody misses the last one")
            return
        }
        #expect(last.last?.number == 13 && last.last?.isGivenAway == true && last.last?.context == nil)
        guard case .misreads(let gap) = try verdict({ $0.initialContexts.removeAll { $0.sid == 5 } }) else {
            Issue.record("nobody misses the fifth")
            return
        }
        #expect(gap.map(\.number) == [5] && gap.first?.isGivenAway == false)
        guard case .misreads(let more) = try verdict({ $0.initialContexts.append(InitialContext(sid: 14, context: $0.initialContexts[0].context)) }) else {
            Issue.record("nobody minds one more")
            return
        }
        #expect(more.contains { $0.number == 14 && $0.name == nil })
        guard case .misreads(let far) = try verdict({ $0.initialContexts.append(InitialContext(sid: 9_000, context: $0.initialContexts[0].context)) }) else {
            Issue.record("nobody minds number 9000")
            return
        }
        #expect(far.map(\.number) == [9_000])
        #expect(try verdict { $0.initialContexts.append($0.initialContexts[3]) } == .refuses(.duplicateInitialSID(4)))
    }

    // MARK: Random policies

    /// Changes to tables that an author might make.
    private func mutate(_ policy: inout Policy, _ random: inout SplitMix64) {
        let place = random.below(policy.classes.count)
        func renumber(_ names: [Name]) {
            policy.classes[place].permissions = names.enumerated().map { .init(name: $1, number: UInt32($0 + 1)) }
            policy.classes[place].permissionCount = UInt32(names.count)
        }
        var names = policy.classes[place].permissions.map(\.name)
        switch random.below(9) {
        case 0 where names.count > 1:
            names.remove(at: random.below(names.count))
            renumber(names)
        case 1:
            names.swapAt(random.below(names.count), random.below(names.count))
            renumber(names)
        case 2 where names.count < 32:
            names.insert(Name("extra\(random.below(1 << 30))"), at: random.below(names.count + 1))
            renumber(names)
        case 3: policy.classes.swapAt(place, random.below(policy.classes.count))
        case 4:
            policy.classes.remove(at: place)
        case 5:
            var other = ObjectClass(name: Name("extra\(random.below(1 << 30))"))
            other.permissions = [.init(name: "do", number: 1)]
            other.permissionCount = 1
            policy.classes.insert(other, at: random.below(policy.classes.count + 1))
        case 6: policy.classes[place].name = Name("renamed\(random.below(1 << 30))")
        case 7: policy.version = random.percent(50) ? 24 : 30
        default:
            let last = policy.initialContexts.map(\.sid).max() ?? 0
            if random.percent(50) {
                policy.initialContexts.removeAll { $0.sid == last }
            } else {
                policy.initialContexts.append(InitialContext(sid: last + 1, context: policy.initialContexts[0].context))
            }
        }
    }

    @Test("Policies with changed tables: the verdict and Xen's very words are those of the tables and of our security server")
    func changedTables() throws {
        var random = SplitMix64(seed: Self.seed)
        let tables = try XenTables.read()
        var refused: [String: Int] = [:]
        for round in 0..<150 {
            let built = random.pick(XenRelease.all)
            var policy = ReleasePolicy(built.description).policy
            // What is granted speaks of numbers of classes that may not be there then.
            let rule = policy.rules.rules[0]
            policy.rules.rules = [Rule(source: rule.source, target: rule.target, objectClass: 1, kind: .allow, data: 1)]
            for _ in 0..<random.below(3) { mutate(&policy, &random) }
            let image = try ImageWriter.write(policy, layout: .checkpolicy3_6).bytes
            let read = try ImageReader.read(image).policy
            let own = try #require(ReleaseTables(named: built.description))
            for entry in AnalysedPolicy(read).compatibility(with: [own] + random.some(ReleaseTables.all, 2, 4)).releases {
                let told = "seed \(Self.seed), round \(round): built for \(built), on \(entry.release)"
                let release = try tables.release(entry.release)
                let vocabulary = try #require(ReleaseTables(named: entry.release)).vocabulary
                let said = Mutex<[String]>([])
                let server = SecurityServer(vocabulary: vocabulary) { message in
                    said.withLock { $0.append(String(decoding: message.text, as: UTF8.self)) }
                }
                let report = try? server.load(image)
                switch entry.verdict {
                case .refuses(let error):
                    #expect(report == nil, "\(told): our server loads it")
                    #expect(error.xenMessages == said.withLock { $0 }.suffix(error.xenMessages.count), "\(told)")
                    let words = release.versions.contains(policy.version) ? release.refusal(classes(read)) : "Flask:  policydb version 30 does not match my version range 15-24"
                    #expect(error.xenMessages.first == words, "\(told)")
                    refused[error.xenMessages.first?.split(separator: " ").suffix(3).joined(separator: " ") ?? "", default: 0] += 1
                case .misreads, .loads:
                    #expect(report != nil, "\(told): our server refuses it: \(said.withLock { $0 })")
                    #expect(release.versions.contains(policy.version) && release.refusal(classes(read)) == nil, "\(told)")
                    let isSpotless = report.map { $0.missingInitialSIDs.isEmpty && $0.surplusInitialSIDs.isEmpty } ?? false
                    #expect(entry.verdict.loadsRightly == isSpotless, "\(told)")
                }
            }
        }
        #expect(refused.count > 4, "seed \(Self.seed): only \(refused)")
    }

    @Test("Who makes all changes has the release's tables")
    func changes() throws {
        var random = SplitMix64(seed: Self.seed)
        for round in 0..<200 {
            var policy = ReleasePolicy(random.pick(XenRelease.all).description).policy
            for _ in 0..<random.below(4) { mutate(&policy, &random) }
            let tables = random.pick(ReleaseTables.all)
            let entry = AnalysedPolicy(policy).compatibility(with: [tables]).releases[0]
            let vocabulary = tables.vocabulary
            var classes = policy.classes.map(\.name.description)
            var permissions = Dictionary(policy.classes.map { ($0.name.description, $0.permissions.sorted { $0.number < $1.number }.map(\.name.description)) }) { first, _ in first }
            for change in entry.changes {
                switch change {
                case .removeClass(let name): classes.removeAll { $0 == name.description }
                case .moveClass(let name, _): classes.removeAll { $0 == name }
                case .removePermission(let name, let owner): permissions[owner]?.removeAll { $0 == name.description }
                case .movePermission(let name, let owner, _): permissions[owner]?.removeAll { $0 == name }
                default: break
                }
            }
            // Numbers are those of the lists in the end.
            for change in entry.changes.sorted(by: { number($0) < number($1) }) {
                switch change {
                case .addClass(let name, let number, let list):
                    classes.insert(name, at: number - 1)
                    permissions[name] = list
                case .moveClass(let name, let number): classes.insert(name, at: number - 1)
                case .addPermission(let name, let owner, let number), .movePermission(let name, let owner, let number):
                    permissions[owner]?.insert(name, at: number - 1)
                default: break
                }
            }
            #expect(Array(classes.prefix(vocabulary.classes.count)) == vocabulary.classes.map(\.name), "seed \(Self.seed), round \(round), on \(entry.release)")
            for wanted in vocabulary.classes {
                #expect(Array((permissions[wanted.name] ?? []).prefix(wanted.permissions.count)) == wanted.permissions, "seed \(Self.seed), round \(round)")
            }
        }
    }

    private func number(_ change: PolicyChange) -> Int {
        switch change {
        case .addClass(_, let number, _), .moveClass(_, let number), .addPermission(_, _, let number), .movePermission(_, _, let number): number
        default: 0
        }
    }

    // MARK: Cases

    @Test("What a reader refuses is told before classes, in its words")
    func readers() throws {
        func first(_ release: String, _ change: (inout Policy) -> Void) throws -> String? {
            var policy = ReleasePolicy("4.4").policy
            change(&policy)
            let entry = AnalysedPolicy(policy).compatibility(with: [try #require(ReleaseTables(named: release))]).releases[0]
            guard case .refuses(let error) = entry.verdict else { return entry.verdict.word }
            return error.xenMessages.first ?? ""
        }
        #expect(try first("4.3") { _ in } == "loads")
        #expect(try first("4.17") { $0.rules.rules = [] } == "Flask: avtab: table is empty")
        #expect(try first("4.5") { $0.version = 30 } == "Flask:  policydb version 30 does not match my version range 15-24")
        #expect(try first("4.17") { $0.target = .selinux } == "Flask:  class 2 is incorrect, found domain but should be xen2")
        #expect(try first("4.4") { $0.target = .selinux } == "loads")
        #expect(
            try first("4.4") {
                $0.target = .selinux
                $0.version = 23
            } == "Flask:  policydb table sizes (8,7) do not match mine (8,5)")
        #expect(
            try first("4.4") { policy in
                policy.target = .selinux
                policy.networkContexts.filesystemUses = [.init(behaviour: 1, name: "ext4", context: policy.initialContexts[0].context)]
            } == "Flask:  unsupported object context config data")
        #expect(try first("4.4") { $0.rules.rules.append($0.rules.rules[0]) } == "Flask: avtab: duplicate entry")
        #expect(try first("4.17") { $0.initialContexts[0].context.role = 9 } == "Flask:  invalid security context")
    }

    @Test("An image for a version or target that nobody has is refused by all, with the words of each")
    func headers() throws {
        var image = try ReleasePolicy("4.17").image()
        image[16] = 31
        let failure = #expect(throws: InputFailure.self) { try AnalysedPolicy(image, named: "new") }
        guard case .image(_, let error)? = failure, let answer = CompatibilityAnswer(unreadable: error) else {
            Issue.record("version 31 is read")
            return
        }
        #expect(!answer.isLoaded && answer.groups.count == 2)
        #expect(answer.releases.last?.verdict == .refuses(.rejected([XenRejection(.version(31, .xen, newest: 24))])))
        guard case .refuses(let refusal) = answer.releases[0].verdict else { return }
        #expect(refusal.xenMessages == ["Flask:  policydb version 31 does not match my version range 15-30"])
        #expect(CompatibilityAnswer(unreadable: ImageReadError(offset: 9, reason: .truncated)) == nil)
    }

    @Test("What is loaded and not done as it is said is remarked")
    func remarks() throws {
        var policy = ReleasePolicy("4.7").policy
        policy.handleUnknown = .allow
        policy.capabilities = [1]
        policy.classes[0].defaults.user = 1
        policy.roleTransitions = [RoleTransition(role: 2, type: 1, objectClass: 1, newRole: 2)]
        let context = policy.initialContexts[0].context
        policy.deviceContexts.interrupts = [.init(number: 65_553, context: context)]
        policy.deviceContexts.ioPorts = [.init(low: 9, high: 9, context: context), .init(low: 3, high: 4, context: context)]
        let answer = AnalysedPolicy(policy).compatibility(with: [try #require(ReleaseTables(named: "4.7"))])
        #expect(
            Set(answer.releases[0].remarks.map(\.word)) == [
                "handle-unknown-ignored", "capabilities-ignored", "defaults-ignored", "role-transition-class-ignored", "interrupts-cut",
                "ranges-out-of-order",
            ])
        #expect(answer.isLoaded)
        #expect(AnalysedPolicy(ReleasePolicy("4.17").policy).compatibility().releases.allSatisfy { $0.remarks.isEmpty })
    }

    @Test("A tree without lists of classes is built for each release, and loads there if it has all initial SIDs")
    func builds() throws {
        let path = BuiltPackage.repository.appendingPathComponent("Policies/examples/minimal").path
        let builds = try TreeBuild.all(ofTreeAt: path, reader: Trees.Reader(), options: InputOptions())
        #expect(builds.map(\.release) == XenRelease.all.reversed())
        let tables = try XenTables.read()
        for build in builds {
            let own = try tables.release(build.release.description)
            let classes = own.classes.map { entry in
                (entry.name, entry.permissions.enumerated().map { (name: $1, number: $0 + 1) }, entry.permissions.count)
            }
            // It gives `pirq` no context, which only these two have.
            let isWhole = !own.initialSIDs.contains("pirq")
            let wanted = tables.releases.filter { release in
                isWhole && release.versions.contains(UInt32(own.newestVersion)) && release.refusal(classes) == nil
                    && release.initialSIDs == own.initialSIDs
            }
            guard case .builds(let names) = build.outcome else {
                Issue.record("for \(build.release) it is not built")
                continue
            }
            #expect(names == wanted.map(\.name), "built for \(build.release)")
            #expect(build.isRight == isWhole)
        }
    }

    @Test("Releases in words")
    func words() {
        #expect(CompatibilityAnswer.words(for: ["4.17", "4.18", "4.19", "4.21", "4.22", "master"]) == "4.17–4.19, 4.21, 4.22, master")
        #expect(CompatibilityAnswer.words(for: []) == "")
    }
}
