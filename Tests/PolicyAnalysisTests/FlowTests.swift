import Flask
import PolicyAnalysis
import PolicyCompiler
import TestSupport
import Testing

/// The same as all contexts and all ways, where there are few enough to try them. The seed is printed, and `XSM_SEED` sets it.
@Suite("Flows are those that trying everything finds")
struct FlowTests {
    private static let seed = RandomTest.seed()

    /// Compares, and counts how many pairs were joined and how many not, and the ways between them.
    private func compare(_ shape: FlowPolicy.Shape, count: Int, salt: UInt64) throws -> (found: Int, none: Int, told: Int) {
        var random = SplitMix64(seed: Self.seed &+ salt)
        let table = try FlowPermissions(Array(FlowPolicy.table.utf8))
        var (found, none, told) = (0, 0, 0)
        for round in 0..<count {
            let policy = try FlowPolicy(shape, &random)
            let weight = UInt8(random.pick([1, 1, 4, 8]))
            let unknown = random.pick(FlowSettings.Unknown.allCases)
            let values = policy.analysed.policy.booleans.map { _ in random.percent(50) }
            let merges = shape.hasViews && random.percent(70)
            let oracle = try FlowOracle(policy.analysed, table, booleans: values, weight: weight, unknown: unknown, mergesViews: merges)
            let excluded = Set(random.some(policy.types, 0, 2))
            var settings = FlowSettings()
            settings.permissions = table
            settings.minimumWeight = weight
            settings.unknown = unknown
            settings.booleans = zip(policy.analysed.policy.booleans, values).map { (name: $0.name.description, value: $1) }
            settings.excluded = try excluded.map { try NamePattern($0) }
            settings.mergesViews = merges
            var analysis = try FlowAnalysis(policy.analysed, settings)
            let label = "seed \(Self.seed), round \(round)"
            for from in policy.types {
                let asked = oracle.leavingOut(excluded, exceptFor: [from])
                let starts = asked.domains(of: from)
                let distances = asked.distances()
                // Where all goes.
                let reached = try analysis.answer(FlowQuestion(from: NamePattern(from))).reached
                var expected: [String: Int] = [:]
                for end in asked.domains where !starts.contains(end) && !asked.excluded.contains(end) {
                    let nearest = starts.map { distances[asked.place($0)][asked.place(end)] }.filter { $0 > 0 }.min()
                    if let nearest { expected[end] = nearest }
                }
                #expect(Dictionary(uniqueKeysWithValues: reached.map { ($0.type.description, $0.distance) }) == expected, "\(label): from \(from)")
                for to in policy.types {
                    let asked = oracle.leavingOut(excluded, exceptFor: [from, to])
                    guard asked.domains(of: from).count == 1, asked.domains(of: to).count == 1 else { continue }
                    let (start, end) = (asked.domains(of: from)[0], asked.domains(of: to)[0])
                    guard start != end else { continue }
                    let distance = asked.distances()[asked.place(start)][asked.place(end)]
                    var question = FlowQuestion(from: try NamePattern(from), to: try NamePattern(to))
                    question.limit = 10_000
                    let shortest = try analysis.answer(question)
                    #expect(shortest.distance == (distance < 0 ? nil : distance), "\(label): \(from) to \(to)")
                    #expect(!shortest.hasMore && !shortest.mayHaveMore && shortest.assumed == 0)
                    if distance < 0 { none += 1 } else { found += 1 }
                    question.paths = .all
                    question.maximumSteps = 4
                    let all = try analysis.answer(question)
                    let theirs = asked.paths(from: start, to: end, atMost: 4)
                    #expect(Self.names(all) == theirs, "\(label): all of \(from) to \(to)")
                    let least = theirs.first?.count
                    if distance > 0, distance <= 4 { #expect(Self.names(shortest) == theirs.filter { $0.count == least }, "\(label): \(from) to \(to)") }
                    told += theirs.count
                    // Each step says what it is made of.
                    for step in all.paths.joined() {
                        #expect(!step.accesses.isEmpty, "\(label): \(step.source) to \(step.target)")
                        for access in step.accesses {
                            #expect(!access.permissions.isEmpty && (access.isPermissive || !access.rules.isEmpty) && access.permissions.allSatisfy { $0.weight >= weight }, "\(label)")
                        }
                    }
                }
            }
        }
        return (found, none, told)
    }

    private static func names(_ answer: FlowAnswer) -> [[String]] {
        answer.paths.map { path in (path.map(\.source) + path.suffix(1).map(\.target)).map(\.description) }
    }

    @Test("Without levels, with constraints, conditions, bounds, views, and everything that a table can say")
    func plain() throws {
        let (found, none, told) = try compare(FlowPolicy.Shape(), count: 60, salt: 0)
        #expect(found > 20 && none > 20 && told > found, "seed \(Self.seed): \(found) found, \(none) not, \(told) paths")
    }

    @Test("With levels")
    func levels() throws {
        let (found, none, told) = try compare(
            FlowPolicy.Shape(types: 3, isMLS: true, hasConditions: false, hasViews: false, hasBounds: true), count: 24, salt: 1)
        // Of three types few are joined for some seeds, and each in one way only.
        #expect(found > 2 && none > 2 && told >= found, "seed \(Self.seed): \(found) found, \(none) not, \(told) paths")
    }

    @Test("An assertion about many types holds exactly where no two of them are joined")
    func sets() throws {
        var random = SplitMix64(seed: Self.seed &+ 2)
        let table = try FlowPermissions(Array(FlowPolicy.table.utf8))
        var (holds, fails) = (0, 0)
        for round in 0..<60 {
            let policy = try FlowPolicy(FlowPolicy.Shape(hasViews: false), &random)
            let oracle = try FlowOracle(
                policy.analysed, table, booleans: policy.analysed.policy.booleans.map(\.value), weight: 1, unknown: .both, mergesViews: true)
            var settings = FlowSettings()
            settings.permissions = table
            var analysis = try FlowAnalysis(policy.analysed, settings)
            let distances = oracle.distances()
            let (from, to) = (random.some(policy.types, 1, 3), random.some(policy.types, 1, 3))
            let pairs = from.flatMap { one in to.filter { $0 != one }.map { distances[oracle.place(one)][oracle.place($0)] } }
            guard !pairs.isEmpty else { continue }
            func pattern(_ names: [String]) throws -> NamePattern { try NamePattern("/^(\(names.joined(separator: "|")))$/") }
            let answer = try analysis.answer(FlowQuestion(from: pattern(from), to: pattern(to)))
            #expect(answer.distance == pairs.filter { $0 > 0 }.min(), "seed \(Self.seed), round \(round): \(from) to \(to)")
            if answer.distance == nil { holds += 1 } else { fails += 1 }
        }
        #expect(holds > 3 && fails > 3, "seed \(Self.seed): \(holds) and \(fails)")
    }
}
