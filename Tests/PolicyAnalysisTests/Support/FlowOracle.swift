import Flask
import Foundation
import PolicyAnalysis
import TestSupport
import Testing

/// Steps found by asking about all contexts there are, and paths by going everywhere.
struct FlowOracle {
    let policy: Policy
    /// By name, in their order.
    private(set) var domains: [String] = []
    /// By index of domains.
    private(set) var steps: [[Bool]] = []
    /// What is left out.
    private(set) var excluded: Set<String> = []
    private var owners: [String: [String]] = [:]
    /// Pairs of types between which information goes at once.
    private var accesses: [(from: String, to: String)] = []

    init(_ analysed: AnalysedPolicy, _ table: FlowPermissions, booleans: [Bool], weight: UInt8, unknown: FlowSettings.Unknown, mergesViews: Bool) throws {
        policy = analysed.policy
        let loaded = try #require(try LoadedPolicy(policy).setting(booleans))
        let types = policy.types.indices.filter { policy.types[$0]?.isAttribute == false }.map { UInt32($0 + 1) }
        func name(_ type: UInt32) -> String { policy.types[Int(type) - 1]!.name.description }

        // Who stands for whom: those from whom a chain of transitions leads to it, and to whom none leads.
        var sources: [String: Set<String>] = [:]
        let number = policy.classes.firstIndex { $0.name == "domain" }! + 1
        if mergesViews {
            for rule in policy.rules.rules where rule.kind == .typeTransition && Int(rule.objectClass) == number && UInt32(rule.source) != rule.data {
                sources[name(rule.data), default: []].insert(name(UInt32(rule.source)))
            }
        }
        for type in types.map(name) {
            var before: Set<String> = [type]
            while true {
                let more = before.union(before.flatMap { sources[$0] ?? [] })
                if more == before { break }
                before = more
            }
            let roots = before.filter { sources[$0] == nil }
            owners[type] = sources[type] == nil || roots.isEmpty ? [type] : roots.sorted()
        }

        let contexts = Dictionary(uniqueKeysWithValues: types.map { ($0, Self.contexts($0, policy)) })
        for source in types {
            for target in types where source != target {
                for (index, entry) in policy.classes.enumerated() {
                    var (reads, writes): (UInt32, UInt32) = (0, 0)
                    for permission in entry.permissions {
                        let most = FlowWeights(read: 10, write: 10)
                        let meant = table.weights(ofClass: entry.name, permission.name) ?? (unknown == .both ? most : FlowWeights())
                        if meant.read >= weight, meant.read > 0 { reads |= 1 << (permission.number - 1) }
                        if meant.write >= weight, meant.write > 0 { writes |= 1 << (permission.number - 1) }
                    }
                    var allowed: UInt32 = 0
                    for one in contexts[source]! {
                        for other in contexts[target]! {
                            allowed |= try loaded.accessDecision(source: one, target: other, objectClass: UInt16(index + 1)).allowed
                        }
                    }
                    if policy.permissiveTypes.contains(Int(source)) { allowed = .max }
                    if allowed & writes != 0 { accesses.append((name(source), name(target))) }
                    if allowed & reads != 0 { accesses.append((name(target), name(source))) }
                }
            }
        }
        join()
    }

    /// The same without some types, those not among them that are asked for, or the domains of these. What is called like a domain that is
    /// left out stands for itself as well.
    func leavingOut(_ types: Set<String>, exceptFor asked: [String]) -> FlowOracle {
        var result = self
        result.excluded = types.subtracting(asked).subtracting(asked.flatMap { owners[$0]! })
        for (type, roots) in owners where !roots.contains(type) {
            let rest = roots.filter { !result.excluded.contains($0) }
            result.owners[type] = rest.count < roots.count ? (rest + [type]).sorted() : roots
        }
        result.join()
        return result
    }

    /// Makes steps of domains of what types do.
    private mutating func join() {
        domains = Set(owners.values.joined()).sorted()
        let places = Dictionary(uniqueKeysWithValues: domains.enumerated().map { ($0.element, $0.offset) })
        steps = [[Bool]](repeating: [Bool](repeating: false, count: domains.count), count: domains.count)
        for (from, to) in accesses where !excluded.contains(from) && !excluded.contains(to) {
            for first in owners[from]! {
                for second in owners[to]! where first != second { steps[places[first]!][places[second]!] = true }
            }
        }
    }

    private static func contexts(_ type: UInt32, _ policy: Policy) -> [SecurityContext] {
        var levels = [MLSLevel()]
        if policy.isMLS {
            levels = policy.sensitivities.indices.flatMap { sensitivity in
                (0..<(1 << policy.categories.count)).map { set in
                    MLSLevel(sensitivity: UInt32(sensitivity + 1), categories: Bitmap(policy.categories.indices.filter { set >> $0 & 1 == 1 }))
                }
            }
        }
        var found: [SecurityContext] = []
        for user in policy.users.indices {
            for role in policy.roles.indices {
                for low in levels {
                    for high in levels {
                        let context = SecurityContext(user: UInt32(user + 1), role: UInt32(role + 1), type: type, range: MLSRange(low: low, high: high))
                        if policy.isValid(context) { found.append(context) }
                    }
                }
            }
        }
        return found
    }

    func place(_ domain: String) -> Int { domains.firstIndex(of: domain)! }

    func domains(of type: String) -> [String] { owners[type]! }

    /// Floyd and Warshall: how many steps, −1 for no path.
    func distances() -> [[Int]] {
        var distances = steps.map { $0.map { $0 ? 1 : Int.max / 4 } }
        for middle in domains.indices {
            for from in domains.indices {
                for to in domains.indices { distances[from][to] = min(distances[from][to], distances[from][middle] + distances[middle][to]) }
            }
        }
        return distances.map { $0.map { $0 >= Int.max / 4 ? -1 : $0 } }
    }

    /// All paths without a domain twice, up to a number of steps, shortest first, then by name.
    func paths(from: String, to: String, atMost count: Int) -> [[String]] {
        var found: [[String]] = []
        func extend(_ path: [String]) {
            if path.last == to {
                found.append(path)
                return
            }
            guard path.count <= count, let last = path.last else { return }
            for next in domains.indices where steps[place(last)][next] && !path.contains(domains[next]) { extend(path + [domains[next]]) }
        }
        extend([from])
        return found.sorted { $0.count != $1.count ? $0.count < $1.count : $0.lexicographicallyPrecedes($1) }
    }
}
