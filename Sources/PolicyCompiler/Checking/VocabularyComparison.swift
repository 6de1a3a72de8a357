import Diagnostics
import Flask

/// The classes, permissions and initial SIDs of a policy, to be held against the tables of a release one by one.
struct VocabularyComparison {
    enum InitialSIDs {
        case names([String])
        /// Images do not name them.
        case count(Int)
    }

    /// Where a policy and a release differ.
    enum Mismatch: Hashable {
        case missingClass(String, number: Int)
        case classNumber(String, is: Int, wanted: Int)
        case missingPermission(String, of: String)
        case permissionBit(String, of: String, is: Int, wanted: Int)
        case initialSIDs(found: [String], wanted: [String])
        case initialSIDCount(Int, wanted: Int)
    }

    private let initialSIDs: InitialSIDs
    private var classes: [Name: (place: Int, permissions: [Name: Int])] = [:]

    /// Classes in the order of their numbers, with the permissions that are their own.
    init(classes: [(name: Name, permissions: [PermissionTable.Permission])], initialSIDs: InitialSIDs) {
        self.initialSIDs = initialSIDs
        for (place, entry) in classes.enumerated() {
            let permissions = Dictionary(entry.permissions.map { ($0.name, Int($0.number)) }) { first, _ in first }
            self.classes[entry.name] = (place, permissions)
        }
    }

    /// Those of an image.
    init(_ policy: Policy) {
        self.init(
            classes: policy.classes.map { ($0.name, $0.permissions) },
            initialSIDs: .count(Int(policy.initialContexts.map(\.sid).max() ?? 0)))
    }

    func mismatches(_ vocabulary: Vocabulary) -> [Mismatch] {
        var result: [Mismatch] = []
        for (index, wanted) in vocabulary.classes.enumerated() {
            guard let found = classes[Name(wanted.name)] else {
                result.append(.missingClass(wanted.name, number: index + 1))
                continue
            }
            if found.place != index { result.append(.classNumber(wanted.name, is: found.place + 1, wanted: index + 1)) }
            for (bit, permission) in wanted.permissions.enumerated() {
                guard let number = found.permissions[Name(permission)] else {
                    result.append(.missingPermission(permission, of: wanted.name))
                    continue
                }
                if number != bit + 1 {
                    result.append(.permissionBit(permission, of: wanted.name, is: number - 1, wanted: bit))
                }
            }
        }
        switch initialSIDs {
        case .names(let found) where found != vocabulary.initialSIDs:
            result.append(.initialSIDs(found: found, wanted: vocabulary.initialSIDs))
        case .count(let count) where count != vocabulary.initialSIDs.count:
            result.append(.initialSIDCount(count, wanted: vocabulary.initialSIDs.count))
        default: break
        }
        return result
    }

    /// Where two lists begin to differ.
    static func firstDifference(_ found: [String], _ wanted: [String]) -> Int {
        zip(found, wanted).enumerated().first { $1.0 != $1.1 }?.offset ?? min(found.count, wanted.count)
    }

    /// The error of an image version that a release does not load; nil when it does.
    static func versionDiagnostic(_ version: UInt32, _ target: Policy.Target, _ release: XenRelease) -> Diagnostic? {
        guard !release.loads(version: version, target: target) else { return nil }
        let known = release.policyVersion == 24 ? "24" : "24 and \(release.policyVersion)"
        return Diagnostic(
            "release-version", .error,
            target == .xen
                ? "Xen \(release) does not load version \(version): it knows \(known)"
                : "Xen \(release) does not load version \(version) in the form of Linux: it knows 24",
            at: .unknown,
            help: target == .xen ? "leave `-c` out, or say `-c \(release.policyVersion)`" : "compile the source with `-t Xen`")
    }
}

extension VocabularyComparison.Mismatch {
    /// The code of the error, what it says, and what helps.
    func described(for release: XenRelease) -> (code: Diagnostic.Code, message: String, help: String) {
        switch self {
        case .missingClass(let name, let number):
            return (
                "release-missing-class", "class `\(name)` is missing, which Xen \(release) wants as number \(number)",
                "declare it at its place among the classes"
            )
        case .classNumber(let name, let number, let wanted):
            return (
                "release-class-number", "class `\(name)` has number \(number); Xen \(release) wants \(wanted)",
                "classes are numbered in the order of their declarations"
            )
        case .missingPermission(let permission, let objectClass):
            return (
                "release-missing-permission",
                "class `\(objectClass)` lacks permission `\(permission)`, which Xen \(release) wants",
                "list it at its place among the permissions of the class"
            )
        case .permissionBit(let permission, let objectClass, let bit, let wanted):
            return (
                "release-permission-bit",
                "permission `\(permission)` of class `\(objectClass)` has bit \(bit); Xen \(release) wants \(wanted)",
                "permissions are numbered in the order in which they are listed"
            )
        case .initialSIDs(let found, let wanted):
            return (
                "release-initial-sid", Self.message(found, wanted, release),
                "Xen does not check initial SIDs: it would take the context of one for another"
            )
        case .initialSIDCount(let count, let wanted):
            return (
                "release-initial-sid", "the policy has \(count) initial SIDs; Xen \(release) has \(wanted)",
                "Xen does not check initial SIDs: it would take the context of one for another"
            )
        }
    }

    private static func message(_ found: [String], _ wanted: [String], _ release: XenRelease) -> String {
        let index = VocabularyComparison.firstDifference(found, wanted)
        if index < min(found.count, wanted.count) {
            return "initial SID number \(index + 1) is `\(found[index])`; Xen \(release) has `\(wanted[index])` there"
        }
        return found.count < wanted.count
            ? "initial SID `\(wanted[index])` is missing, which Xen \(release) has as number \(index + 1)"
            : "initial SID `\(found[index])` is one more than Xen \(release) has"
    }
}
