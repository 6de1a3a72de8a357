import Diagnostics
import Flask

extension Resolver {
    /// How many values the kernel's stack holds while it evaluates a constraint (libsepol, constraint.h:
    /// `CEXPR_MAXDEPTH`; Xen has the same).
    static let maximumConstraintDepth = 5

    mutating func addConstraint(_ classes: NameList, _ permissions: NameList?, _ range: ExpressionRange) {
        let expression = constraintExpression(range, isTransition: permissions == nil)
        guard let indices = constrainedClasses(classes), let expression else { return }
        for (place, index) in indices.enumerated() {
            var data: UInt32?
            if let permissions {
                // A class that is named twice gets a second constraint, without permissions.
                guard let bits = constraintPermissions(permissions, of: index) else { return }
                data = indices[..<place].contains(index) ? bits : indices[(place + 1)...].contains(index) ? 0 : bits
                if bits == 0, data == 0 {
                    warn(
                        "empty-permissions",
                        "the constraint has no permissions for class `\(result.classes[index].objectClass.name)`", at: permissions)
                    continue
                }
            }
            result.constraints.append(
                ResolvedConstraint(
                    objectClass: UInt32(index + 1), permissions: data, expression: expression, node: currentNode))
        }
    }

    /// The classes in the order in which they are named, repetitions included.
    private mutating func constrainedClasses(_ list: NameList) -> [Int]? {
        var found: [Int] = []
        for reference in syntax[list] {
            guard !reference.identifier.isMarker else {
                report("unexpected-token", "`\(name(of: reference.identifier))` is not allowed among classes", at: reference)
                return nil
            }
            guard let index = result.classes.index(of: reference.identifier) else {
                reportUnknown(.objectClass, reference, among: result.classes)
                return nil
            }
            found.append(index)
        }
        return found
    }

    private mutating func constraintPermissions(_ list: NameList, of index: Int) -> UInt32? {
        let mask = permissionMask(of: index)
        guard let set = permissionSet(list, of: index, star: mask), set.isComplete else { return nil }
        return set.isComplement ? ~set.data & mask : set.data
    }

    private mutating func constraintExpression(
        _ range: ExpressionRange, isTransition: Bool
    ) -> [ResolvedConstraint.Term]? {
        var terms: [ResolvedConstraint.Term] = []
        var depth = 0
        let noTypes = TypeSet(included: 0..<0, excluded: 0..<0, isStar: false, isComplement: false)
        for term in syntax.constraintTerms[range.range] {
            switch term.kind {
            case .not: break
            case .and, .or: depth -= 1
            case .attribute, .names:
                depth += 1
                if depth > Self.maximumConstraintDepth {
                    report(
                        "expression-too-deep",
                        "the expression needs more than \(Self.maximumConstraintDepth) values at a time", at: term.offset, length: 2,
                        notes: ["the hypervisor evaluates constraints on a stack of that depth"],
                        help: "regroup it so that it nests less to the right")
                    return nil
                }
            }
            if term.attribute.contains(.relabellingProcess), !isTransition {
                report(
                    "illegal-constraint", "`u3`, `r3` and `t3` have a meaning only in `validatetrans` and `mlsvalidatetrans`",
                    at: term.offset, length: 2, help: "for the source of the access use `u1`, `r1` or `t1`, for its target `u2`, `r2` or `t2`")
                return nil
            }
            var names: [Int] = []
            var types = noTypes
            if term.kind == .names {
                if term.attribute.contains(.type) {
                    guard let set = typeSet(term.names)?.set else { return nil }
                    types = set
                } else {
                    for reference in syntax[term.names] {
                        let index = term.attribute.contains(.user) ? user(reference) : role(reference)
                        guard let index else { return nil }
                        names.append(index)
                    }
                }
            }
            terms.append(
                .init(kind: term.kind, attribute: term.attribute, comparison: term.comparison, names: names, types: types))
        }
        return terms
    }
}
