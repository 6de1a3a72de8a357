import Flask
import Foundation
import PolicyAnalysis
import TestSupport
import Testing

@Suite("Differences of what small texts do not show")
struct DifferenceModelTests {
    private static let seed = RandomTest.seed()

    @Test("Ranges that overlap and meet: a number is told exactly where its context differs, whichever range it is in")
    func ranges() throws {
        var random = SplitMix64(seed: Self.seed)
        let policy = try SmallPolicy.analysed().policy
        let contexts = try #require(policy.initialContexts.count > 2 ? policy.initialContexts.map(\.context) : nil)
        func ranges() -> [DeviceContexts.IOMemory] {
            (0..<random.below(7)).map { _ in
                let low = UInt64(random.below(30)) + (random.percent(5) ? .max - 60 : 0)
                return DeviceContexts.IOMemory(low: low, high: low &+ UInt64(random.below(9)), context: random.pick(contexts))
            }
        }
        func context(_ number: UInt64, _ ranges: [DeviceContexts.IOMemory]) -> SecurityContext? {
            ranges.first { $0.low <= number && number <= $0.high }?.context
        }
        let release = AnalysedPolicy(policy).searchingRelease
        var different = 0
        for round in 0..<200 {
            var (before, after) = (policy, policy)
            before.deviceContexts.ioMemory = ranges()
            after.deviceContexts.ioMemory =
                random.percent(30) ? before.deviceContexts.ioMemory.shuffled(using: &random) : ranges()
            let entries = try AnalysedPolicy(before).difference(to: AnalysedPolicy(after)).entries
            let left = before.deviceContexts.loaded(by: release).ioMemory
            let right = after.deviceContexts.loaded(by: release).ioMemory
            var told = Set<UInt64>()
            for entry in entries where entry.group == .ioMemory {
                let ends = entry.name.description.split(separator: "-").compactMap { UInt64($0.dropFirst(2), radix: 16) }
                for number in try #require(ends.first)...(try #require(ends.last)) { #expect(told.insert(number).inserted) }
            }
            for number in Array(0...40) + Array(UInt64.max - 60...(.max)) {
                let differs = context(number, left) != context(number, right)
                if differs { different += 1 }
                #expect(told.contains(number) == differs, "seed \(Self.seed), round \(round): \(number)")
            }
        }
        #expect(different > 500, "seed \(Self.seed)")
    }

    @Test("Device contexts are compared in the order in which the release searches them, interrupts by the bits that it keeps")
    func searchedOrder() throws {
        var before = try SmallPolicy.analysed().policy
        let contexts = before.initialContexts.map(\.context)
        try #require(contexts.count > 1)
        // Since 4.12 the second goes before the first, as it begins before that has ended.
        before.deviceContexts.ioMemory = [
            .init(low: 0, high: 9, context: contexts[0]), .init(low: 5, high: 20, context: contexts[1]),
        ]
        var after = before
        after.deviceContexts.ioMemory[0].high = 4
        func told(_ release: String) throws -> [Name] {
            let release = try #require(XenRelease(release))
            let difference = try AnalysedPolicy(before, release: release).difference(to: AnalysedPolicy(after, release: release))
            return difference.entries.map(\.name)
        }
        #expect(try told("4.17").isEmpty)
        #expect(try told("4.8") == ["0x5-0x9"])
        before.deviceContexts.interrupts = [.init(number: 65_553, context: contexts[0])]
        after.deviceContexts.interrupts = [.init(number: 17, context: contexts[0])]
        #expect(try told("4.17").isEmpty)
        after.deviceContexts.interrupts[0].number = 18
        #expect(try told("4.17") == ["17", "18"])
    }

    @Test("Conditions that take more steps than are made are refused, though they are small")
    func manySteps() throws {
        var policy = try SmallPolicy.analysed().policy
        let (count, first) = (15, policy.booleans.count + 1)
        policy.booleans += (0..<2 * count).map { Boolean(name: Name("many\($0)"), value: false) }
        let rule = Rule(source: 1, target: 1, objectClass: 1, kind: .allow, data: 1)
        func boolean(_ number: Int) -> Conditional.Term { Conditional.Term(.boolean, boolean: UInt32(first + number)) }
        func add(_ expression: [Conditional.Term]) {
            policy.conditionals.append(Conditional(state: false, expression: expression, whenTrue: [rule]))
        }
        // One of each pair is far from the other in the order of their first use, so that each case of the one half counts.
        var order = [boolean(0)]
        for number in 1..<2 * count { order += [boolean(number), Conditional.Term(.and)] }
        add(order)
        func pairs(_ some: Int) -> [Conditional.Term] {
            var expression: [Conditional.Term] = []
            for number in 0..<some {
                expression += [boolean(number), boolean(count + number), Conditional.Term(.and)]
                if number > 0 { expression.append(Conditional.Term(.or)) }
            }
            return expression
        }
        // None is ever true, so that nothing new has to be kept.
        for _ in 0..<3 {
            for more in (2...count).reversed() {
                for less in 1..<more { add(pairs(less) + pairs(more) + [Conditional.Term(.not), Conditional.Term(.and)]) }
            }
        }
        let analysed = AnalysedPolicy(policy)
        #expect(throws: QuestionMistake.tooMany(what: "steps through its conditions", limit: 1 << 20)) {
            try analysed.isSubset(of: analysed)
        }
    }

    private static let linux = """
        class process
        class file
        class chr_file
        sid kernel
        common file { read ioctl }
        class process { transition }
        class file inherits file { append }
        class chr_file inherits file
        attribute domain;
        type a_t, domain;
        type b_t, domain;
        type dev_t;
        bool flag true;
        allow domain dev_t:chr_file { read ioctl };
        allowxperm domain dev_t:chr_file ioctl { 0x1200-0x12ff 0x1305 };
        auditallow a_t dev_t:file append;
        type_transition a_t dev_t:file b_t "name";
        role r;
        role r types { a_t b_t dev_t };
        user u roles r;
        sid kernel u:r:a_t
        fs_use_xattr ext4 u:r:dev_t;
        genfscon proc "/" u:r:dev_t
        portcon tcp 80-90 u:r:dev_t
        portcon tcp 100 u:r:dev_t
        nodecon 10.0.0.0 255.0.0.0 u:r:dev_t

        """

    private func linux(_ changes: (String, String)...) throws -> PolicyDifference {
        var text = Self.linux
        for (old, new) in changes {
            #expect(text.contains(old), "\(old)")
            text = text.replacingOccurrences(of: old, with: new)
        }
        let before = try #require(Trees.policy(Array(Self.linux.utf8), named: "a.conf", target: .selinux))
        let after = try #require(Trees.policy(Array(text.utf8), named: "b.conf", target: .selinux), "\(text)")
        return try before.difference(to: after)
    }

    @Test("Extended permissions are numbers: ranges, whole drivers and single ones")
    func extendedPermissions() throws {
        #expect(try linux(("{ 0x1200-0x12ff 0x1305 }", "{ 0x1305 0x1200-0x127f 0x1280-0x12ff }")).isEmpty)
        #expect(
            try linux(("allowxperm domain dev_t:", "allowxperm a_t dev_t:chr_file ioctl 0x1305; allowxperm { a_t b_t } dev_t:"))
                .isEmpty)
        let difference = try linux(("{ 0x1200-0x12ff 0x1305 }", "{ 0x1200-0x12fe 0x1304-0x1305 0x1307 }"))
        let rule = try #require(difference.rules.first)
        #expect(difference.rules.count == 1 && difference.entries.isEmpty && rule.operation == "ioctl")
        #expect(rule.sourceAttribute == "domain" && rule.change == .changed)
        #expect(rule.parts.map { "\($0.permissions) \($0.isAddition)" } == ["[0x12ff] false", "[0x1304, 0x1307] true"])
    }

    @Test("Contexts of files and of the network, and transitions by name")
    func contexts() throws {
        func told(_ changes: (String, String)) throws -> [String] {
            try linux(changes).entries.map { "\($0.change.rawValue) \($0.group.rawValue) \($0.name)" }
        }
        #expect(try told(("80-90 u:r:dev_t", "80-85 u:r:dev_t\nportcon tcp 86-90 u:r:dev_t")).isEmpty)
        #expect(try told(("80-90 u:r:dev_t", "80-89 u:r:dev_t")) == ["removed portcon tcp 90"])
        #expect(try told(("tcp 100 u:r:dev_t", "udp 100 u:r:dev_t")) == ["removed portcon tcp 100", "added portcon udp 100"])
        #expect(try told(("xattr ext4 u:r:dev_t", "trans ext4 u:r:dev_t")) == ["changed fs_use ext4"])
        #expect(try told(("\"/\" u:r:dev_t", "\"/\" u:r:a_t")) == ["changed genfscon proc /"])
        #expect(try told(("255.0.0.0 u:r:dev_t", "255.0.0.0 u:r:a_t")).count == 1)
        #expect(try told(("b_t \"name\"", "dev_t \"name\"")) == ["changed type_transition a_t dev_t:file name"])
        #expect(try told(("b_t \"name\"", "b_t \"other\"")).count == 2)
        // Numbers of classes matter to Xen only; a common is not its class's own business.
        #expect(try linux(("class file\nclass chr_file", "class chr_file\nclass file")).isEmpty)
        #expect(try linux(("class file inherits file { append }", "class file { append ioctl read }")).isEmpty)
    }

    @Test("Images before version 24 have lost the names of attributes, and mean the same")
    func oldImages() throws {
        let before = try #require(Trees.policy(Array(Self.linux.utf8), named: "a.conf", target: .selinux)).policy
        var text = Self.linux
        for line in ["allowxperm", "type_transition"] {
            text = text.split(separator: "\n").filter { !$0.hasPrefix(line) }.joined(separator: "\n") + "\n"
        }
        var options = InputOptions()
        options.target = .selinux
        options.version = 18
        let old = try AnalysedPolicy(Array(text.utf8), named: "old.conf", options: options)
        options.version = 33
        let new = try AnalysedPolicy(Array(text.utf8), named: "new.conf", options: options)
        let image = try AnalysedPolicy(ImageWriter.write(old.policy, layout: .checkpolicy3_6).bytes, named: "image")
        #expect(before.version == 33 && image.policy.version == 18)
        let difference = try new.difference(to: image)
        #expect(difference.rules.isEmpty && difference.entries.allSatisfy { $0.group == .attributes }, "\(difference)")
        #expect(try image.isSubset(of: new).holds)
    }

    @Test("With MLS levels count: who may have more is no subset, and another order of sensitivities cannot be shown")
    func levels() throws {
        let policy = try Trees.policy("examples/mls", release: "4.17", isMLS: true).policy
        #expect(policy.isMLS)
        let user = try #require(policy.users.firstIndex { $0 != nil && $0?.range.low != $0?.range.high })
        var less = policy
        less.users[user]?.range.high = policy.users[user]?.range.low ?? MLSLevel()
        func kinds(_ inner: Policy, _ outer: Policy) throws -> Set<SubsetCounterexample.Kind> {
            Set(try AnalysedPolicy(inner).isSubset(of: AnalysedPolicy(outer)).counterexamples.map(\.kind))
        }
        #expect(try kinds(less, policy).isEmpty)
        #expect(try kinds(policy, less) == [.userLevels])
        let changes = try AnalysedPolicy(policy).difference(to: AnalysedPolicy(less)).entries
        #expect(changes.map(\.group) == [.users] && changes.first?.members.map(\.what) == ["range"])
        var unknown = policy
        unknown.handleUnknown = .allow
        #expect(try kinds(unknown, policy) == [.handleUnknown] && kinds(policy, unknown).isEmpty)
        var plain = policy
        plain.isMLS = false
        #expect(try kinds(plain, policy) == [.unproven])
    }

    @Test("More work than a policy makes that is none made for it is refused, and says so")
    func limits() throws {
        var policy = try SmallPolicy.analysed().policy
        // Types that all have all attributes, and rules between these.
        let count = 3_000
        let first = policy.types.count
        for number in 0..<count { policy.types.append(TypeEntry(name: Name("many\(number)_t"), isAttribute: false)) }
        for number in 0..<64 { policy.types.append(TypeEntry(name: Name("attribute\(number)"), isAttribute: true)) }
        let attributes = Bitmap(first + count..<first + count + 64)
        for index in first..<first + count {
            var own = attributes
            own.insert(index)
            policy.typeAttributes.append(own)
        }
        for index in first + count..<policy.types.count { policy.typeAttributes.append([index]) }
        let before = policy
        for source in 0..<64 {
            for target in 0..<64 {
                policy.rules.rules.append(
                    Rule(
                        source: UInt16(first + count + source + 1), target: UInt16(first + count + target + 1), objectClass: 2,
                        kind: .allow,
                        data: 1 << UInt32((source + target) % 4)))
            }
        }
        #expect(throws: QuestionMistake.self) {
            try AnalysedPolicy(before).difference(to: AnalysedPolicy(policy), steps: 1 << 20)
        }
    }

    @Test("A condition of many booleans is compared, one of more than are taken is refused", arguments: [1_500, 2_100])
    func manyBooleans(count: Int) throws {
        let before = try SmallPolicy.analysed().policy
        var after = before
        after.booleans += (0..<count).map { Boolean(name: Name("many\($0)"), value: false) }
        let first = before.booleans.count + 1
        var expression = [Conditional.Term(.boolean, boolean: UInt32(first))]
        for number in first + 1..<first + count {
            expression += [Conditional.Term(.boolean, boolean: UInt32(number)), Conditional.Term(number % 2 == 0 ? .and : .or)]
        }
        let rule = Rule(source: 1, target: 1, objectClass: 1, kind: .allow, data: 1)
        after.conditionals.append(Conditional(state: false, expression: expression, whenTrue: [rule]))
        let (older, newer) = (AnalysedPolicy(before), AnalysedPolicy(after))
        guard count <= 2_048 else {
            #expect(throws: QuestionMistake.self) { try older.difference(to: newer) }
            return
        }
        #expect(try older.difference(to: newer).rules.count == 1)
        #expect(try !newer.isSubset(of: older).holds && older.isSubset(of: newer).holds)
    }
}
