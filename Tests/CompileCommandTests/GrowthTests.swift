import Foundation
import Testing

/// What makes a policy large is named before it is too large, and what is not large does not take long.
@Suite(.serialized) struct GrowthTests {
    /// A policy with so many guests, and some rules behind them. Line 6 is the first rule.
    private func policy(guests: Int, rules: String) -> String {
        """
        class domain
        sid xen
        class domain { create pause }
        attribute guest_type;
        type xen_t;
        \(rules)
        role system_r;
        role system_r types { xen_t guest_type };

        """ + (0..<guests).map { "type guest_\($0)_t, guest_type;\n" }.joined() + """
            user system_u roles system_r;
            sid xen system_u:system_r:xen_t

            """
    }

    private static let transition = "type_transition guest_type guest_type:domain xen_t;"

    /// Xen takes 64 MiB from `xl loadpolicy`: 2,400 guests that each meet each other are too many, and 2,250 near it.
    /// The longer tests try both, since a compiler that is not optimized needs half a minute for each.
    @Test func ruleThatMakesThePolicyTooLargeIsNamed() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let rules = "allow guest_type guest_type:domain create;\n" + Self.transition
        let isLong = ProcessInfo.processInfo.environment["XSM_LONG"] != nil
        for guests in isLong ? [2250, 2400] : [2250] {
            try folder.write("policy.conf", policy(guests: guests, rules: rules))
            let run = try Command.compile("policy.conf", "-t", "Xen", "-o", "out", in: folder)
            #expect(run.status == 0, "a boot module may be of any size")
            #expect(run.errors.contains("warning[image-too-large]: "), "\(guests): \(run.errors)")
            #expect(run.errors.contains("--> policy.conf:7:1\n"), "\(guests): \(run.errors)")
            #expect(run.errors.contains("^ \(guests * guests) of \(guests * guests + 1) entries\n"), "\(run.errors)")
            let size = try FileManager.default.attributesOfItem(atPath: folder.url.appendingPathComponent("out").path)[.size]
            let isTooLarge = try #require(size as? Int) > 64 << 20
            #expect(isTooLarge == (guests == 2400))
        }
    }

    /// A rule on attributes stays one entry; a type transition on attributes is told from 50,000 entries on.
    @Test func onlyRulesThatGrowWithTheSquareAreTold() throws {
        let folder = try Folder()
        defer { folder.remove() }
        for (guests, rule, isTold) in [
            (224, Self.transition, true), (223, Self.transition, false),
            (2000, "type_transition guest_type xen_t:domain xen_t;", false),
            (2000, "allow guest_type guest_type:domain create;", false),
        ] {
            try folder.write("policy.conf", policy(guests: guests, rules: rule))
            let run = try Command.compile("policy.conf", "-t", "Xen", "-o", "out", in: folder)
            #expect(run.errors.contains("warning[quadratic-rules]") == isTold, "\(guests) \(rule): \(run.errors)")
            #expect(!isTold || run.errors.contains("becomes \(guests * guests) entries of the policy\n --> policy.conf:6:1\n"), "\(run.errors)")
        }
    }

    /// The processor time of a compilation, the least of several: what else runs on the machine costs time here too.
    private func processorTime(_ input: String, in folder: Folder) throws -> Double {
        let times = try (0..<3).map { _ in
            let run = try Command.shell("TIMEFORMAT='%U %S'; time $COMPILE \(input) -o out 2>&1 >/dev/null", in: folder)
            try #require(run.status == 0, "\(run.errors)")
            let words = run.errors.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
            try #require(words.count == 2, "\(run.errors)")
            return words[0] + words[1]
        }
        return try #require(times.min())
    }

    /// What a guest is allowed, and by whom: rules between it and what there is one of.
    private static let guest = """
        define(`guest', `
        type $1, domain_type;
        type $1_channel;
        type_transition $1 dom0_t:event $1_channel;
        allow dom0_t $1:domain { create pause unpause destroy max_vcpus getdomaininfo };
        allow dom0_t $1:mmu { map_read map_write adjust physmap };
        allow $1 $1_channel:event { create send status };
        allow dom0_t $1_channel:event { create send status };
        allow $1 dom0_t:grant { map_read map_write unmap copy };
        ifelse(eval(len(`$1') > 2), 1, `allow $1 self:grant { query setup };')
        ')

        """

    /// A guest more costs what it adds, in the size of the binary and in time: twice the guests take twice the time,
    /// where squares would take four times.
    @Test func timeGrowsWithTheResult() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let example = Command.repository.appendingPathComponent("Policies/examples/minimal").path
        let copied = try Command.shell("cp -r \(example) tree && echo 'guests = on' >> tree/modules/modules.conf", in: folder)
        try #require(copied.status == 0)
        try folder.write("tree/modules/guests.if", Self.guest)
        var measured: [(time: Double, size: Int)] = []
        for guests in [2000, 4000] {
            try folder.write("tree/modules/guests.te", (0..<guests).map { "guest(g\($0)_t)\n" }.joined())
            let time = try processorTime("tree --xen-release 4.19", in: folder)
            measured.append((time, try folder.contents("out").count))
        }
        let growth = Double(measured[1].size) / Double(measured[0].size)
        #expect(growth > 1.8 && growth < 2.2, "the sizes are \(measured)")
        #expect(measured[1].time < measured[0].time * 3 + 0.05, "the times are \(measured)")
    }
}
