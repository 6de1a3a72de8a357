import TestSupport

extension RandomPolicy {
    /// Decides what the policy declares, and in which order.
    mutating func planSymbols() {
        planTypes()
        planRoles()
        for index in 0..<random.pick([0, 2, 4, 8, 20]) {
            let name = name("bool", index)
            global.booleans.append(name)
            declarations.append("bool \(name) \(random.pick(["true", "false"]));")
        }
        for index in 0..<random.pick([0, 0, 2, 5]) {
            let name = name("tun", index)
            global.tunables.append(name)
            declarations.append("tunable \(name) \(random.pick(["true", "false"]));")
        }
        for index in 0..<random.pick([1, 2, 4, 20, 140]) { global.users.append(name("user", index)) }
        for index in 0..<6 {
            foreign.types.append(name("ftype", index))
            if index < 3 {
                foreign.attributes.append(name("fattr", index))
                foreign.users.append(name("fuser", index))
                foreign.booleans.append(name("fbool", index))
                foreign.roles.append(name("frole", index))
                foreign.roleAttributes.append(name("frattr", index))
                foreign.tunables.append(name("ftun", index))
            }
        }
        undeclared = foreign
        if random.percent(20) { shuffleDeclarations() }
    }

    private mutating func planTypes() {
        for index in 0..<random.pick([0, 1, 3, 8, 20]) { global.attributes.append(name("attr", index)) }
        for attribute in global.attributes {
            declarations.append("attribute \(attribute);")
            members[attribute] = []
        }
        for index in 0..<random.pick([2, 5, 10, 10, 30, 30, 100, 530]) {
            let name = name("type", index)
            let number = typeNumbers.count
            typeNumbers[name] = number
            members[name] = [number]
            global.types.append(name)
            var aliases: [String] = []
            for _ in 0..<random.pick([0, 0, 0, 0, 1, 2]) { aliases.append(self.name("alias", number)) }
            let attributes = random.some(global.attributes, 0, random.pick([0, 0, 1, 3]))
            for attribute in attributes { members[attribute, default: []].insert(number) }
            for alias in aliases { members[alias] = [number] }
            if random.percent(50) {
                declarations.append("type \(name)\(aliasPart(aliases))\(attributes.map { ", " + $0 }.joined());")
            } else {
                declarations.append("type \(name)\(attributes.map { ", " + $0 }.joined());")
                if !aliases.isEmpty { declarations.append("typealias \(name)\(aliasPart(aliases));") }
            }
            if random.percent(10), !global.attributes.isEmpty {
                let more = random.some(global.attributes, 1, 2)
                for attribute in more { members[attribute, default: []].insert(number) }
                declarations.append("typeattribute \(name) \(more.joined(separator: ", "));")
            }
            global.types.append(contentsOf: aliases)
            if random.percent(2), !name.contains("."), index < 40 { planBound(name) }
        }
        if form.isNew, form.isLatest, form.version >= 24 || isCareless(), global.attributes.count > 1, random.percent(20) {
            for _ in 0..<random.below(4) {
                let pair = random.some(global.attributes, 2, 2)
                attributeParts[pair[1], default: []].append(pair[0])
                declarations.append("typeattribute \(pair[0]) \(pair[1]);")
            }
        }
    }

    /// A child of a type, which has nothing of its own: what it may do is said together with what its parent may.
    private mutating func planBound(_ parent: String) {
        let isDotted = random.percent(60)
        let child = isDotted ? "\(parent).\(random.pick(["sub", "x9", "part_t"]))" : name("bound", boundTypes.count)
        guard typeNumbers[child] == nil else { return }
        typeNumbers[child] = typeNumbers.count
        members[child] = [typeNumbers.count - 1]
        boundTypes.append((parent, child))
        declarations.append("type \(child);")
        if !isDotted { declarations.append("typebounds \(parent) \(child);") }
    }

    private mutating func planRoles() {
        for index in 0..<random.pick([0, 0, 1, 3]) {
            global.roleAttributes.append(name("rattr", index))
            declarations.append("attribute_role \(global.roleAttributes[index]);")
        }
        for index in 0..<random.pick([1, 2, 4, 20]) {
            let role = name("role", index)
            global.roles.append(role)
            let attributes = random.some(global.roleAttributes, 0, 2)
            declarations.append("role \(role)\(attributes.map { ", " + $0 }.joined());")
            if random.percent(10) { declarations.append("role \(role);") }
            let types = random.some(global.types, 1, 6)
            typesOfRole[role] = types
            declarations.append("role \(role) types \(braced(types));")
            if random.percent(10), !global.roleAttributes.isEmpty {
                let list = random.some(global.roleAttributes, 1, 2).joined(separator: ", ")
                declarations.append("roleattribute \(role) \(list);")
            }
            if random.percent(5) {
                let child = "\(role).child"
                declarations.append("role \(child);")
                declarations.append("role \(child) types \(braced(random.some(types, 1, 2)));")
                typesOfRole[child] = []
            }
        }
    }

    /// Another order that is just as good: what names another declaration stays behind it.
    private mutating func shuffleDeclarations() {
        let early = declarations.filter { $0.hasPrefix("attribute") }
        let simple = declarations.filter {
            $0.hasPrefix("type ") || $0.hasPrefix("bool") || $0.hasPrefix("tunable") || ($0.hasPrefix("role ") && !$0.contains(" types "))
        }
        let late = declarations.filter { !early.contains($0) && !simple.contains($0) }
        declarations = early + simple.shuffled(using: &random) + late.shuffled(using: &random)
    }

    // MARK: Users

    mutating func writeUsers() {
        for (index, user) in global.users.enumerated() {
            let roles = random.some(global.roles, 1, random.pick([1, 3, 20]))
            rolesOfUser[user] = roles
            let levels = levelsOfUser[user] ?? userLevels(user)
            emit("user \(user) roles \(roleSet(of: roles))\(levels);")
            if random.percent(4), !form.isMLS {
                emit("user \(user) roles \(braced(random.some(global.roles, 1, 2)));")
            }
            if random.percent(3), index < 20 {
                emit("user \(user).sub roles \(braced([random.pick(roles)]))\(userLevels(nil));")
            }
        }
    }

    /// ` level … range …` in a policy with MLS.
    mutating func userLevels(_ user: String?) -> String {
        guard form.isMLS else { return isCareless() ? " level s0 range s0" : "" }
        if isCareless() { return "" }
        let range = range()
        let inside = self.range(inside: range)
        if let user { rangeOfUser[user] = range }
        return " level \(levelText(inside.low)) range \(rangeText(range))"
    }

    mutating func roleSet(of roles: [String]) -> String {
        var roles = roles
        if random.percent(10), !global.roleAttributes.isEmpty { roles.append(random.pick(global.roleAttributes)) }
        if isCareless() { return random.pick(["*", "~" + roles[0], "{ \(roles[0]) -\(roles[0]) }", "object_r"]) }
        if random.percent(3) { roles.append("object_r") }
        return braced(roles)
    }
}
