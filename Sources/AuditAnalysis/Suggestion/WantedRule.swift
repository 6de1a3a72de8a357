import Flask
import PolicyAnalysis

/// What would have to be allowed between two types.
struct WantedRule {
    let source: UInt32
    let target: UInt32
    let objectClass: UInt16
    var permissions: UInt32
    /// The places of the accesses that want it.
    var entries: [Int]
    let sourceName: String
    let targetName: String
    let className: String
    /// Names by bit.
    var permissionNames: [(bit: UInt32, name: String)]

    /// In the policy language: `self` where the two are one, as people write it.
    var text: String {
        let names = permissionNames.map(\.name)
        let permissions = names.count == 1 ? names[0] : "{ \(names.joined(separator: " ")) }"
        return "allow \(sourceName) \(source == target ? "self" : targetName):\(className) \(permissions);"
    }

    /// What the accesses want, types by types: several contexts may have the same.
    static func wanted(_ entries: [AccessSorting.Entry], _ policy: Policy) -> [WantedRule] {
        struct Key: Hashable {
            let source, target: UInt32
            let objectClass: UInt16
        }
        var places: [Key: Int] = [:]
        var rules: [WantedRule] = []
        for (place, entry) in entries.enumerated() where entry.wanted != 0 {
            let question = entry.question
            let key = Key(source: question.source.type, target: question.target.type, objectClass: question.objectClass)
            let names = question.permissions.map { (bit: UInt32(1) << ($0.number - 1), name: $0.name.description) }.filter { entry.wanted & $0.bit != 0 }
            if let known = places[key] {
                rules[known].entries.append(place)
                rules[known].permissions |= entry.wanted
                for name in names where !rules[known].permissionNames.contains(where: { $0.bit == name.bit }) {
                    rules[known].permissionNames.append(name)
                }
            } else {
                places[key] = rules.count
                func name(_ type: UInt32) -> String { policy.types[Int(type) - 1]?.name.description ?? "" }
                rules.append(
                    WantedRule(
                        source: key.source, target: key.target, objectClass: key.objectClass, permissions: entry.wanted, entries: [place],
                        sourceName: name(key.source), targetName: name(key.target), className: policy.classes[Int(key.objectClass) - 1].name.description,
                        permissionNames: names))
            }
        }
        for place in rules.indices { rules[place].permissionNames.sort { $0.bit < $1.bit } }
        return rules
    }
}
