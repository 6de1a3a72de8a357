import Diagnostics
import Flask

extension Resolver {
    mutating func addUser(
        _ name: NameReference, _ roles: NameList, _ level: Statement.LevelIndex?, _ range: Statement.RangeIndex?
    ) {
        let current = scope.current
        guard mayDeclare("a user", name, in: current) else { return }
        let outcome = result.users.mention(name, isDeclaration: true, scope: current, mayRepeat: true) { table in
            _ = table.nextNumber()
            return UserSymbol()
        }
        let index: Int
        switch outcome {
        case .added(let place), .known(let place), .duplicate(let place): index = place
        }
        result.users[index].declarations.append((current, Int(currentNode)))
        boundUserByName(name, index)
        if userRoles(roles) == nil { incomplete.insert(name.identifier) }
        guard isMLS else {
            if level != nil {
                report("mls-disabled", "a user's level and range need a policy with MLS", at: name, help: "compile with `--mls`")
            }
            return
        }
        guard let level, let range else {
            hasBrokenLevels = true
            guard syntax.missingSection != .sensitivities else { return }
            report(
                "missing-level", "user `\(self.name(of: name.identifier))` needs a level and a range in a policy with MLS", at: name,
                help: "add `level` and `range`, for example `level s0 range s0`")
            return
        }
        addClearance(of: index, name, syntax.levels[Int(level.value)], syntax.ranges[Int(range.value)])
    }

    /// The roles of a user; `*` and `~` are refused, and `-` is a name that nothing declares.
    mutating func userRoles(_ list: NameList) -> [Int]? { roles(list) }

    /// In a block, a user whose name has a dot is bounded by the user named before the last dot, which the block must
    /// declare too. Elsewhere the parent is looked up when all users are known.
    private mutating func boundUserByName(_ name: NameReference, _ index: Int) {
        guard scope.current != 0, localUsers[scope.current, default: []].insert(index).inserted,
            let parent = parent(of: name.identifier)
        else { return }
        guard let identifier = syntax.identifiers.find(parent), let bounds = result.users.index(of: identifier),
            localUsers[scope.current, default: []].contains(bounds)
        else {
            report(
                "unknown-user", "user `\(self.name(of: name.identifier))` is bounded by `\(parent)`, which the block does not declare",
                at: name, notes: ["a `.` in a user's name means that the user is bounded by what stands before it"])
            return
        }
        result.users[index].bounds = bounds
    }

    mutating func requireUser(_ name: NameReference) {
        guard mayDeclare("a user", name, in: scope.current) else { return }
        _ = result.users.mention(name, isDeclaration: false, scope: scope.current, mayRepeat: true) { table in
            _ = table.nextNumber()
            return UserSymbol()
        }
    }

    mutating func user(_ name: NameReference) -> Int? {
        guard let index = result.users.index(of: name.identifier) else {
            reportUnknown(.user, name, among: result.users)
            return nil
        }
        guard isInScope(index, result.users) else {
            reportOutOfScope("user", name, declaredAt: result.users.visibility(of: index).offset)
            return nil
        }
        return index
    }
}
