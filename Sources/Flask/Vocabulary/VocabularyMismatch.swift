/// What makes a policy's classes other than those that a release was built with (Xen, xen/xsm/flask/ss/services.c:
/// `validate_classes`).
public enum VocabularyMismatch: Error, Hashable, Sendable {
    /// The policy ends before the class.
    case missingClass(String)
    case wrongClass(number: Int, found: Name, expected: String)
    /// The class has fewer permissions in the policy.
    case undefinedPermission(String, objectClass: String)
    /// The class does not have the permission, though it has as many.
    case missingPermission(String, objectClass: String)
    /// The permission has another bit.
    case wrongPermission(String, objectClass: String)

    /// What Xen prints, without `(XEN) `, before it says that the definition of a class is incorrect.
    public var xenMessage: String {
        switch self {
        case .missingClass(let name): "Flask:  class \(name) not defined in policy"
        case .wrongClass(let number, let found, let expected):
            "Flask:  class \(number) is incorrect, found \(found) but should be \(expected)"
        case .undefinedPermission(let name, let objectClass):
            "Flask:  permission \(name) in class \(objectClass) not defined in policy"
        case .missingPermission(let name, let objectClass):
            "Flask:  permission \(name) in class \(objectClass) not found in policy"
        case .wrongPermission(let name, let objectClass):
            "Flask:  permission \(name) in class \(objectClass) has incorrect value"
        }
    }
}

extension Vocabulary {
    /// What a policy's classes and permissions lack or have elsewhere, found in Xen's order; nil when they fit. The policy
    /// may have more of both at the ends.
    public func mismatch(with policy: Policy) -> VocabularyMismatch? {
        for (index, expected) in classes.enumerated() {
            guard index < policy.classes.count else { return .missingClass(expected.name) }
            let found = policy.classes[index].name
            if found != Name(expected.name) {
                return .wrongClass(number: index + 1, found: found, expected: expected.name)
            }
        }
        for (index, expected) in classes.enumerated() {
            let entry = policy.classes[index]
            for (bit, permission) in expected.permissions.enumerated() {
                if bit + 1 > entry.permissionCount { return .undefinedPermission(permission, objectClass: expected.name) }
                let name = Name(permission)
                guard let found = entry.permissions.first(where: { $0.name == name }) else {
                    return .missingPermission(permission, objectClass: expected.name)
                }
                if found.number != bit + 1 { return .wrongPermission(permission, objectClass: expected.name) }
            }
        }
        return nil
    }
}
