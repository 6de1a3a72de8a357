import Diagnostics
import Flask

extension Resolver {
    private mutating func append(_ rules: [ResolvedRule]) {
        if conditional != nil {
            conditional?.append(rules)
        } else {
            result.contents[Int(scope.current)].rules.append(contentsOf: rules)
        }
    }

    mutating func addRule(_ rule: AccessRule) {
        let isNever = rule.kind == .neverAllow
        let sets = TypeSetRules(isNever: isNever, dialect)
        let source = typeSet(rule.source, sets.source)
        let target = typeSet(rule.target, sets.target)
        guard let classes = classData(rule.classes, rule.permissions, rule.kind), let source, let target else { return }
        // In an `if`, a rule without permissions counts: there is a condition then, although there is no rule.
        append([
            ResolvedRule(
                kind: .access(rule.kind), source: source.set, target: target.set, selfTarget: target.selfTarget,
                classes: classes, extended: 0, node: currentNode)
        ])
    }

    private struct TypeSetRules {
        let source: SetRules
        let target: SetRules

        init(isNever: Bool, _ dialect: Dialect) {
            source = SetRules(allowsWildcards: isNever)
            target = SetRules(
                allowsWildcards: isNever, allowsSelf: true, allowsNotSelf: isNever && dialect.hasNotSelf)
        }
    }

    /// The classes of a rule with the bits of its permissions, ascending.
    private mutating func classData(
        _ classes: NameList, _ permissions: NameList, _ kind: AccessRule.Kind
    ) -> Range<UInt32>? {
        guard let indices = self.classes(classes) else { return nil }
        let start = UInt32(result.classPool.count)
        var isComplete = true
        for index in indices {
            let star = dialect.wildcardsAreDeclaredPermissions ? permissionMask(of: index) : UInt32.max
            guard let set = permissionSet(permissions, of: index, star: star) else { return nil }
            isComplete = isComplete && set.isComplete
            var data = set.data
            if set.isComplement {
                if kind == .dontAudit {
                    warn(
                        "dontaudit-complement", "a `dontaudit` rule with `~` also silences permissions that are added later",
                        at: permissions, help: "list the permissions that are not to be audited")
                }
                data = ~data
                if dialect.wildcardsAreDeclaredPermissions {
                    data &= permissionMask(of: index)
                    if data == 0 {
                        warn(
                            "empty-permissions", "the rule has no permissions for class `\(result.classes[index].objectClass.name)`",
                            at: permissions, help: "`~` leaves out all that the class has: name what is meant, or remove the rule")
                        continue
                    }
                }
            }
            result.classPool.append(ClassData(objectClass: UInt16(truncatingIfNeeded: index + 1), data: data))
        }
        return isComplete ? start..<UInt32(result.classPool.count) : nil
    }

    /// Permissions as written.
    struct PermissionSet {
        var data: UInt32 = 0
        /// Whether all others are meant.
        var isComplement = false
        /// Whether each name is one of a permission.
        var isComplete = true
    }

    /// The permissions that a list names, where `*` stands for `star`; nil when it holds what no such list may hold.
    mutating func permissionSet(_ list: NameList, of index: Int, star: UInt32) -> PermissionSet? {
        var set = PermissionSet()
        for reference in syntax[list] {
            switch reference.identifier {
            case .star: set.data = star
            case .complement: set.isComplement = true
            case .minus:
                report("unexpected-token", "`-` is not allowed among permissions", at: reference)
                return nil
            default:
                let bit = permissionBit(reference.identifier, of: index)
                if bit == 0 {
                    reportUnknownPermission(reference, of: index)
                    set.isComplete = false
                } else {
                    set.data |= 1 << UInt32(bit - 1)
                }
            }
        }
        return set
    }

    mutating func warn(_ code: Diagnostic.Code, _ message: String, at list: NameList, help: String? = nil) {
        guard let first = syntax[list].first else { return }
        diagnostics.report(.warning, code, message, at: span(first), help: help)
    }

    // MARK: Type rules

    mutating func addTypeRule(_ rule: TypeRule) {
        let source = typeSet(rule.source)
        let target = typeSet(rule.target, SetRules(allowsSelf: true))
        let classes = self.classes(rule.classes)
        let newType = type(rule.newType, allowsAttribute: rule.fileName != nil)
        guard let source, let target, let classes, let newType else { return }
        if let fileName = rule.fileName {
            addFilenameTransition(source.set, target.set, target.selfTarget, classes, newType, fileName)
            return
        }
        let start = UInt32(result.classPool.count)
        // checkpolicy chains the classes of a type rule last to first.
        for index in classes.reversed() {
            result.classPool.append(
                ClassData(objectClass: UInt16(truncatingIfNeeded: index + 1), data: UInt32(newType)))
        }
        append([
            ResolvedRule(
                kind: .type(rule.kind), source: source.set, target: target.set, selfTarget: target.selfTarget,
                classes: start..<UInt32(result.classPool.count), extended: 0, node: currentNode)
        ])
    }

    private mutating func addFilenameTransition(
        _ source: TypeSet, _ target: TypeSet, _ selfTarget: ResolvedRule.SelfTarget, _ classes: [Int], _ newType: Int,
        _ fileName: NameReference
    ) {
        guard conditional == nil else {
            report("not-in-conditional", "a transition by file name may not stand in an `if` block", at: fileName)
            return
        }
        for index in classes {
            result.contents[Int(scope.current)].filenameTransitions.append(
                .init(
                    source: source, target: target, includesSelf: selfTarget == .included, objectClass: UInt32(index + 1),
                    name: fileName.identifier, newType: newType, node: currentNode))
        }
    }

    mutating func addRangeTransition(
        _ source: NameList, _ target: NameList, _ classes: NameList?, _ range: Statement.RangeIndex
    ) {
        let sources = typeSet(source)?.set
        let targets = typeSet(target)?.set
        let classIndices = classes.map { self.classes($0) } ?? processClass("range_transition")
        guard let mlsRange = self.range(syntax.ranges[Int(range.value)]), let sources, let targets, let classIndices
        else { return }
        result.contents[Int(scope.current)].rangeTransitions.append(
            .init(
                source: sources, target: targets, classes: classIndices.map { UInt32($0 + 1) }, range: mlsRange,
                node: currentNode))
    }

    // MARK: Extended permissions

    mutating func addExtendedRule(_ rule: ExtendedRule) {
        if conditional != nil, version ?? 30 < 34 {
            report(
                "extended-in-conditional", "rules with extended permissions under a condition need version 34", at: rule.operation,
                help: "compile with `-c 34`, or move the rule out of the `if` block")
            return
        }
        let isNever = rule.kind == .neverAllow
        let sets = TypeSetRules(isNever: isNever, dialect)
        let source = typeSet(rule.source, sets.source)
        let target = typeSet(rule.target, sets.target)
        guard let indices = self.classes(rule.classes), let source, let target else { return }
        let start = UInt32(result.classPool.count)
        for index in indices {
            let bit = permissionBit(rule.operation.identifier, of: index)
            guard bit != 0 else {
                reportUnknownPermission(rule.operation, of: index)
                return
            }
            result.classPool.append(
                ClassData(objectClass: UInt16(truncatingIfNeeded: index + 1), data: 1 << UInt32(bit - 1)))
        }
        let classes = start..<UInt32(result.classPool.count)
        let kind: ExtendedNumbers.Kind
        switch name(of: rule.operation.identifier) {
        case "ioctl": kind = .ioctl
        case "nlmsg" where dialect.layout == .checkpolicy3_6: kind = .netlink
        default:
            report(
                "unknown-operation", "extended permissions exist for `ioctl` and `nlmsg`, not for `\(name(of: rule.operation.identifier))`",
                at: rule.operation, help: "use `allow` for other permissions")
            return
        }
        guard let numbers = extendedNumbers(rule) else { return }
        var rules: [ResolvedRule] = []
        for permissions in numbers.permissions(kind) {
            result.extendedPermissions.append(permissions)
            rules.append(
                ResolvedRule(
                    kind: .extended(rule.kind), source: source.set, target: target.set, selfTarget: target.selfTarget,
                    classes: classes, extended: UInt32(result.extendedPermissions.count - 1), node: currentNode))
        }
        append(rules)
    }

    private mutating func extendedNumbers(_ rule: ExtendedRule) -> ExtendedNumbers? {
        var ranges: [ClosedRange<Int>] = []
        for range in syntax.extendedRanges[rule.ranges.range] {
            guard range.low <= 0xffff, range.high <= 0xffff, range.low <= range.high else {
                report(
                    "invalid-extended-range", "extended permissions are numbers up to 0xffff, in ascending order", at: range.offset,
                    length: text.bytes[Int(range.offset)...].prefix { $0 > UInt8(ascii: " ") && $0 != UInt8(ascii: "}") && $0 != UInt8(ascii: ";") }.count)
                return nil
            }
            ranges.append(Int(range.low)...Int(range.high))
        }
        return ExtendedNumbers(ranges, isComplement: rule.isComplement, dialect.layout)
    }
}
