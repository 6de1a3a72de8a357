import Testing
import TestSupport

@testable import Hypervisor

/// An operation, the permissions that it needs, and what it says when one of them is missing.
struct PermissionCase: Sendable, CustomTestStringConvertible {
    /// What is done, as Xen's interface calls it.
    let name: String
    /// All that the operation needs, in the order in which it asks: `source target class permission ...`; permissions that
    /// are asked for at once stand together. The whole line of the log about each is made from it and `subject`.
    let needs: [Need]
    /// How the machine is that it is done on.
    var configure: @Sendable (inout Hypervisor.Configuration) -> Void = { _ in }
    /// What is done beforehand, while everything is granted.
    var prepare: @Sendable (Lab) throws -> Void = { _ in }
    let run: @Sendable (Lab) throws -> Int64
    /// What the operation returns when it is let through.
    var succeeds: @Sendable (Int64) -> Bool = { $0 >= 0 }

    struct Need: Sendable {
        let source: String
        let target: String
        let objectClass: String
        let permissions: [String]
        /// The line's words between `for` and `scontext=`: `source=d0 target=d1`.
        let subject: String
        /// What the operation returns when this is denied.
        var error: Int64 = -13
        /// Whether the type of the target is one of `object_r`.
        var isObject = false
        /// Whether the type of the source is one of `object_r`.
        var isObjectSource = false

        init(
            _ source: String, _ target: String, _ objectClass: String, _ permissions: String..., for subject: String,
            error: Int64 = -13, isObject: Bool = false, isObjectSource: Bool = false
        ) {
            self.source = source
            self.target = target
            self.objectClass = objectClass
            self.permissions = permissions
            self.subject = subject
            self.error = error
            self.isObject = isObject
            self.isObjectSource = isObjectSource
        }

        var line: String {
            let denied = permissions.joined(separator: " ")
            return "avc:  denied  { \(denied) } for \(subject) scontext=system_u:\(isObjectSource ? "object_r" : "system_r"):\(source) "
                + "tcontext=system_u:\(isObject ? "object_r" : "system_r"):\(target) tclass=\(objectClass)"
        }

        var grant: ReleasePolicy.Grant {
            .init(source: source, target: target, objectClass: objectClass, permissions: permissions)
        }
    }

    var testDescription: String { name }
}
