package import Flask
import PolicyCompiler
import Spelling

extension Policy {
    /// The class of those who act: a policy in the form of Linux's may be for Xen.
    package var subjectClass: Name { target == .selinux && classes.contains { $0.name == "process" } ? "process" : "domain" }

    /// What a class may be asked for, by the class's index: the permissions of its common, and its own.
    package func permissions(ofClass index: Int) -> [PermissionTable.Permission] { permissions(of: classes[index]) }

    /// That a class, by its index, does not have a permission: which have it, or which of its own are called nearly so.
    func unknownPermission(_ name: String, ofClass index: Int) -> QuestionMistake {
        let others = classes.indices.filter { other in permissions(ofClass: other).contains { $0.name == Name(name) } }
        return .unknownPermission(
            name, ofClass: classes[index].name.description,
            nearest: Spelling.nearest(name, among: permissions(ofClass: index).map(\.name.description)),
            others: others.map { classes[$0].name.description })
    }

    /// Of a class those that have a bit in access vectors: an image may count beyond them.
    func permissions(of entry: ObjectClass) -> [PermissionTable.Permission] {
        let common = Int(entry.common) - 1
        return ((commons.indices.contains(common) ? commons[common].permissions : []) + entry.permissions).filter { (1...32).contains($0.number) }
    }
}
