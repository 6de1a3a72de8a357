import TestSupport

extension RandomPolicy {
    // MARK: Conditionals

    mutating func writeConditional(_ scope: Scope) {
        let usesTunables = !scope.tunables.isEmpty && (scope.booleans.isEmpty || random.percent(30))
        let names = usesTunables ? scope.tunables : scope.booleans
        guard !names.isEmpty else { return }
        var expression: String
        var list: Int
        if !scope.isOptional, !conditions.isEmpty, random.percent(35) {
            // The same condition again, or its opposite: checkpolicy may make one of them.
            (expression, list) = random.pick(conditions)
            if random.percent(30) {
                expression = "!(\(expression))"
                list ^= 1
            }
        } else {
            expression = condition(names, random.pick([1, 1, 2, 3, 5, 7]))
            if isCareless(), let other = (usesTunables ? scope.booleans : scope.tunables).first { expression += " && \(other)" }
            list = nextList
            nextList += 2
            if !scope.isOptional, !usesTunables { conditions.append((expression, list)) }
        }
        if usesTunables { list = 0 }
        text += "if (\(expression)) {\n"
        for _ in 0..<random.pick([0, 1, 1, 3, 6]) { conditionalStatement(scope, list) }
        if random.percent(40) {
            text += "} else {\n"
            for _ in 0..<random.pick([0, 1, 1, 3]) { conditionalStatement(scope, usesTunables ? 0 : list ^ 1) }
        }
        emit("}")
    }

    private mutating func conditionalStatement(_ scope: Scope, _ list: Int) {
        if random.percent(25), let rule = typeRule(scope, list: list) {
            emit("\t" + rule)
        } else if !form.isXen, form.isNew, form.version >= 34 || isCareless(), random.percent(25),
            let rule = extendedRule(scope, isNeverallow: false)
        {
            emit("\t" + rule)
        } else if random.percent(3) {
            emit("\trequire { type \(random.pick(scope.types)); }")
        } else if isCareless() {
            emit("\t" + random.pick(["neverallow a b:c d;", "permissive \(scope.types[0]);", "allow r r;", "if (a) { }"]))
        } else {
            emit("\t" + accessRule(scope))
        }
    }

    private mutating func condition(_ names: [String], _ size: Int) -> String {
        guard size > 1 else {
            let name = random.pick(names)
            return random.percent(25) ? random.pick(["!", "not ", "! "]) + name : name
        }
        let cut = 1 + random.below(size - 1)
        let operation = random.pick([" && ", " || ", " ^ ", " == ", " != ", " and ", " or ", " xor ", " eq "])
        let text = condition(names, cut) + operation + condition(names, size - cut)
        return switch random.below(5) {
        case 0: "(\(text))"
        case 1: "!(\(text))"
        case 2: "not (\(text))"
        default: text
        }
    }

    // MARK: Optional blocks

    mutating func writeOptional(_ outer: Scope) {
        guard outer.depth < 3 else { return }
        var scope = outer
        scope.isOptional = true
        scope.depth += 1
        text += "optional {\n"
        let start = text.utf8.count
        if random.percent(85) { writeRequirements(&scope) }
        for _ in 0..<random.pick([0, 0, 1, 3]) { declare(in: &scope) }
        for _ in 0..<random.pick([0, 1, 2, 5]) { statement(scope) }
        endBlock(scope, start)
        if random.percent(30) {
            text += "} else {\n"
            let start = text.utf8.count
            var other = outer
            other.isOptional = true
            other.isElse = true
            other.depth += 1
            if random.percent(40) { writeRequirements(&other) }
            if isCareless() { declare(in: &other) }
            for _ in 0..<random.pick([0, 1, 2]) { statement(other) }
            endBlock(other, start)
        }
        emit("}")
    }

    /// Users stand at the end of a block, and a block is not empty.
    private mutating func endBlock(_ scope: Scope, _ start: Int) {
        if text.utf8.count == start, !isCareless() { emit(accessRule(scope)) }
        if !scope.isElse || isCareless(), random.percent(25), form.isLatest {
            for _ in 0..<(1 + random.below(2)) { writeBlockUser(scope) }
        }
    }

    private mutating func writeBlockUser(_ scope: Scope) {
        let user = random.percent(50) ? undeclared.users.popLast() ?? random.pick(foreign.users) : random.pick(global.users)
        // With MLS all declarations of a user must agree.
        if levelsOfUser[user] == nil { levelsOfUser[user] = userLevels(user) }
        let levels = random.percent(95) ? levelsOfUser[user] ?? "" : userLevels(nil)
        emit("user \(user) roles \(roleSet(scope))\(levels);")
    }

    private mutating func declare(in scope: inout Scope) {
        switch random.below(form.isLatest ? 7 : 4) {
        case 0, 1:
            guard let name = undeclared.types.popLast(), !scope.types.contains(name) else { return }
            let attributes = random.some(scope.attributes, 0, 2)
            let number = typeNumbers[name] ?? typeNumbers.count
            typeNumbers[name] = number
            members[name] = [number]
            for attribute in attributes { members[attribute, default: []].insert(number) }
            let aliases = random.percent(15) ? [self.name("falias", number)] : []
            for alias in aliases { members[alias] = [number] }
            emit("type \(name)\(aliasPart(aliases))\(attributes.map { ", " + $0 }.joined());")
            scope.types.append(contentsOf: [name] + aliases)
        case 2:
            guard let name = undeclared.attributes.popLast(), !scope.attributes.contains(name) else { return }
            emit("attribute \(name);")
            scope.attributes.append(name)
        case 3:
            guard let name = undeclared.booleans.popLast(), requiredNames.insert(name).inserted else { return }
            emit("bool \(name) \(random.pick(["true", "false"]));")
            scope.booleans.append(name)
        case 4:
            guard let name = undeclared.tunables.popLast(), requiredNames.insert(name).inserted else { return }
            emit("tunable \(name) \(random.pick(["true", "false"]));")
            scope.tunables.append(name)
        case 5:
            guard let name = undeclared.roles.popLast(), !scope.roles.contains(name) else { return }
            let attributes = random.some(scope.roleAttributes, 0, 1)
            emit("role \(name)\(attributes.map { ", " + $0 }.joined());")
            if random.percent(70) { emit("role \(name) types \(plainTypeSet(scope).text);") }
            scope.roles.append(name)
        default:
            guard let name = undeclared.roleAttributes.popLast(), !scope.roleAttributes.contains(name) else { return }
            emit("attribute_role \(name);")
            scope.roleAttributes.append(name)
        }
    }

    private mutating func writeRequirements(_ scope: inout Scope) {
        text += "require {\n"
        for _ in 0..<(1 + random.below(4)) {
            switch random.below(12) {
            case 0, 1: emit("\ttype \(random.some(global.types, 1, 3).joined(separator: ", "));")
            case 2 where !global.attributes.isEmpty: emit("\tattribute \(random.pick(global.attributes));")
            case 3, 4:
                let names = random.some(foreign.types, 1, 2)
                for name in names where typeNumbers[name] == nil {
                    typeNumbers[name] = typeNumbers.count
                    members[name] = [typeNumbers.count - 1]
                }
                emit("\ttype \(names.joined(separator: ", "));")
                scope.types.append(contentsOf: names.filter { !scope.types.contains($0) })
            case 5:
                let name = random.pick(foreign.attributes)
                emit("\tattribute \(name);")
                if !scope.attributes.contains(name) { scope.attributes.append(name) }
            case 6 where form.isLatest:
                let name = random.pick(foreign.roles + global.roles)
                emit("\trole \(name);")
                if !scope.roles.contains(name) { scope.roles.append(name) }
            case 7:
                let name = random.pick(foreign.booleans)
                requiredNames.insert(name)
                emit("\tbool \(name);")
                if !scope.booleans.contains(name) { scope.booleans.append(name) }
            case 8:
                let one = random.pick(classes)
                emit("\tclass \(one.name) \(braced(random.some(one.permissions, 1, 4)));")
            case 9: requireRare(&scope)
            case 10 where random.percent(20): emit("\ttype never_declared_t;")
            case 11 where form.isMLS && !levels.sensitivities.isEmpty:
                if random.percent(50), !levels.categories.isEmpty {
                    emit("\tcategory \(random.pick(random.pick(levels.categories)));")
                } else {
                    emit("\tsensitivity \(random.pick(random.pick(levels.sensitivities).names));")
                }
            default: emit("\ttype \(random.pick(global.types));")
            }
        }
        text += "}\n"
    }

    private mutating func requireRare(_ scope: inout Scope) {
        switch random.below(5) {
        case 0 where form.isLatest:
            let name = random.pick(foreign.roleAttributes + global.roleAttributes)
            emit("\tattribute_role \(name);")
            if !scope.roleAttributes.contains(name) { scope.roleAttributes.append(name) }
        case 1: emit("\tuser \(random.pick(foreign.users + global.users));")
        case 2:
            let name = random.pick(foreign.tunables + (hasDeclaredAll ? global.tunables : []))
            requiredNames.insert(name)
            emit("\ttunable \(name);")
            if !scope.tunables.contains(name) { scope.tunables.append(name) }
        case 3 where isCareless():
            emit("\tclass \(random.pick(["no_class", classes[0].name])) \(random.pick(["no_permission", classes[0].permissions[0]]));")
        default: if isCareless() { emit("\t" + random.pick(["type a.b;", "role object_r;", "bool \(global.types[0]);", "type t"])) }
        }
    }
}
